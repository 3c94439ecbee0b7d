using System.Globalization;
using System.Text;
using Ringfence.Agent;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Manifests;
using Ringfence.Bench.Packets;
using Ringfence.Dataplane.Compilation;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>A generated cluster with a node more: a client, a server, and 108 pods like those of the cluster.</summary>
internal sealed class ReactionState
{
    private const string Node = "bench-node";
    private const string Namespace = "reaction";
    private const int Others = 108;
    private const string PolicyFile = "policy.yaml";

    private readonly List<Pod> _local = [Local("client", ForwardingNode.ClientAddress), Local("server", ForwardingNode.ServerAddress)];

    public ReactionState(GeneratedCluster cluster)
    {
        var objects = cluster.ToObjects();
        var pods = objects.Pods.Where(pod => !pod.Network.HostNetwork && !pod.IsFinished && !pod.Addresses.IsEmpty).ToList();
        for (var i = 0; i < Others; i++)
            _local.Add(pods[i * (pods.Count / Others)] with { Name = $"copy-{i}", NodeName = Node, Owner = null, Addresses = [new Address(IpFamily.V4, 0x0A630300u + (uint)i)] });
        Objects = objects with
        {
            Namespaces = [.. objects.Namespaces, new Namespace { Name = Namespace }],
            Pods = [.. objects.Pods, .. _local],
            NetworkPolicies = [.. objects.NetworkPolicies, Policy(allow: true, 0)],
        };
    }

    public ClusterObjects Objects { get; }

    public NodeScope Scope => new(Node, [Prefix.Parse("10.99.0.0/16")], [.. _local.Select((pod, i) => new LocalPod(pod.Namespace, pod.Name, Interface(i)))]);

    /// <summary>The policy that changes: the server admits the client, or somebody else.</summary>
    public static NetworkPolicy Policy(bool allow, int number) => new()
    {
        Namespace = Namespace,
        Name = "gate",
        PodSelector = LabelSelector.Label("app", "server"),
        AffectsIngress = true,
        Ingress =
        [
            new PolicyRule([new PolicyPeer(LabelSelector.Label("app", allow ? "client" : "nobody"), null, null, default)],
                [new PolicyPort(Protocol.Udp, null, ForwardingNode.Port, ForwardingNode.Port + 1 + (number % 100), default)], default),
        ],
    };

    /// <summary>Writes all of it as manifests.</summary>
    public void Write(GeneratedCluster cluster, string folder)
    {
        ClusterFiles.WriteJson(cluster, Path.Combine(folder, "cluster.json"), PodDetail.Lean);
        var text = new StringBuilder($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {Namespace}}}\n---\napiVersion: v1\nkind: Node\nmetadata: {{name: {Node}}}\nspec: {{podCIDRs: [10.99.0.0/16]}}\n");
        for (var i = 0; i < _local.Count; i++) text.Append("---\n").Append(Manifest(_local[i], Interface(i)));
        File.WriteAllText(Path.Combine(folder, "node.yaml"), text.ToString());
        Write(Policy(allow: true, 0), folder);
    }

    /// <summary>Replaces the policy by one rename.</summary>
    public static void Write(NetworkPolicy policy, string folder)
    {
        var next = Path.Combine(folder, PolicyFile + ".next");
        using (var writer = new YamlManifestWriter(new StreamWriter(next))) ObjectManifests.Write(writer, policy);
        File.Move(next, Path.Combine(folder, PolicyFile), overwrite: true);
    }

    private static string Interface(int number) => number < 2 ? string.Create(CultureInfo.InvariantCulture, $"veth{number}") : string.Create(CultureInfo.InvariantCulture, $"none{number}");

    private static Pod Local(string name, Address address) => new()
    {
        Namespace = Namespace,
        Name = name,
        NodeName = Node,
        Labels = LabelSet.Of("app", name),
        Phase = PodPhase.Running,
        Addresses = [address],
    };

    private static string Manifest(Pod pod, string link) =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{pod.Name}}
          namespace: {{pod.Namespace}}
          labels: { {{string.Join(", ", pod.Labels.Select(label => $"{label.Key}: \"{label.Value}\""))}} }
          annotations: { {{ManifestAgent.InterfaceAnnotation}}: {{link}} }
        spec:
          nodeName: {{pod.NodeName}}
          containers: [{name: c, image: i, ports: [{{string.Join(", ", pod.Network.Ports.Select(port => $"{{containerPort: {port.Port}, protocol: {port.Protocol.ToText()}{(port.Name is null ? "" : $", name: {port.Name}")}}}"))}}]}]
        status: {phase: Running, podIPs: [{{string.Join(", ", pod.Addresses.Select(address => $"{{ip: \"{address}\"}}"))}}]}

        """;
}
