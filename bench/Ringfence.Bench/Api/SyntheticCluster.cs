using Ringfence.Bench.Generation;
using Ringfence.Bench.Manifests;
using Ringfence.Model;

namespace Ringfence.Bench.Api;

/// <summary>A generated cluster as a server has it: rendered once, changed on request.</summary>
internal sealed class SyntheticCluster
{
    // Above the versions that generated objects have.
    private long _version = 1_000_000_000;
    private readonly Pod[] _pods;
    private readonly NetworkPolicy[] _policies;
    private readonly PodDetail _detail;

    public SyntheticCluster(GeneratedCluster cluster, PodDetail detail)
    {
        _detail = detail;
        _pods = [.. cluster.Pods()];
        _policies = [.. cluster.Policies()];
        Pods = new ServedKind("Pod", "v1", Rendered(_pods, Write), index => _pods[index].IsFinished);
        Policies = new ServedKind("NetworkPolicy", "networking.k8s.io/v1", Rendered(_policies, Write));
        Namespaces = new ServedKind("Namespace", "v1", Rendered(cluster.Namespaces(), ObjectManifests.Write));
        var nodes = _pods.Where(pod => pod.NodeName is not null && !pod.HostAddresses.IsEmpty).DistinctBy(pod => pod.NodeName)
            .Select(pod => new Node { Name = pod.NodeName!, Addresses = pod.HostAddresses }).OrderBy(node => node.Name, StringComparer.Ordinal);
        Nodes = new ServedKind("Node", "v1", Rendered(nodes, Write));
    }

    public ServedKind Pods { get; }

    public ServedKind Policies { get; }

    public ServedKind Namespaces { get; }

    public ServedKind Nodes { get; }

    /// <summary>The version that everything is of.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Gives a pod another address, as where it is made anew.</summary>
    /// <returns>Its name.</returns>
    public string ChangePod(int index)
    {
        var pod = _pods[index];
        var address = new Address(IpFamily.V4, 0x0B000000u + (uint)(Interlocked.Increment(ref _version) % 0x00FFFFFF));
        pod = _pods[index] = pod with { Addresses = [address], Phase = PodPhase.Running };
        using var text = new MemoryStream();
        using (var writer = new JsonManifestWriter(text, indented: false)) Write(writer, pod);
        Pods.Change(index, text.ToArray(), Version);
        return pod.QualifiedName;
    }

    /// <summary>Gives a policy another port in its first rule, or takes it away again.</summary>
    /// <returns>Its name.</returns>
    public string ChangePolicy(int index)
    {
        var policy = _policies[index];
        Interlocked.Increment(ref _version);
        var direction = policy.Ingress.IsEmpty ? Direction.Egress : Direction.Ingress;
        if (policy.Rules(direction) is [{ } rule, ..])
        {
            var extra = new PolicyPort(Protocol.Tcp, null, 31_999, 31_999, default);
            var ports = rule.Ports.Contains(extra) ? rule.Ports.Remove(extra) : rule.Ports.Add(extra);
            policy = _policies[index] = policy.WithRule(direction, 0, rule with { Ports = ports });
        }

        using var text = new MemoryStream();
        using (var writer = new JsonManifestWriter(text, indented: false)) Write(writer, policy);
        Policies.Change(index, text.ToArray(), Version);
        return policy.QualifiedName;
    }

    private static byte[][] Rendered<T>(IEnumerable<T> items, Action<ManifestWriter, T> write) => [.. items.Select(item =>
    {
        using var text = new MemoryStream();
        using (var writer = new JsonManifestWriter(text, indented: false)) write(writer, item);
        return text.ToArray();
    })];

    private void Write(ManifestWriter to, Pod pod) => PodManifest.Write(to, pod, _detail);

    private static void Write(ManifestWriter to, NetworkPolicy policy) => ObjectManifests.Write(to, policy);

    private static void Write(ManifestWriter to, Node node)
    {
        to.BeginObject();
        ObjectManifests.Head(to, "v1", node);
        ObjectManifests.Addresses(to, node);
        to.EndObject();
    }
}
