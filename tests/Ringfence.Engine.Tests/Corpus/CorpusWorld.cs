using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>
/// The small cluster of the end-to-end suites while the steps of a case change it. Each answer comes from three: a rebuild, the changes
/// applied one by one, and the oracle; they must agree.
/// </summary>
internal sealed partial class CorpusWorld
{
    private static readonly ImmutableArray<Protocol> Protocols = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    private readonly ImmutableArray<int> _ports;
    private readonly Reachability _applied;
    private int _created;
    private Reachability? _rebuilt;

    public CorpusWorld(IEnumerable<Namespace> namespaces, IEnumerable<(string Pod, Address Address)> pods, ImmutableArray<int> ports)
    {
        _ports = ports;
        Cluster = new ClusterObjects
        {
            Namespaces = [.. namespaces],
            Pods =
            [
                .. from pod in pods
                   let name = pod.Pod.Split('/')
                   select NewPod(name[0], name[1], LabelSet.Of("pod", name[1]), pod.Address),
            ],
        };
        _applied = Reachability.Compile(Snapshot.Create(Cluster));
    }

    public ClusterObjects Cluster { get; private set; }

    /// <summary>Does one action of a case.</summary>
    public void Do(JsonElement action)
    {
        var (verb, arguments) = (action.EnumerateObject().Single().Name, action.EnumerateObject().Single().Value);
        var (name, @namespace) = (Text(arguments, "name"), Text(arguments, "namespace"));
        switch (verb)
        {
            case "createPolicy" or "updatePolicy":
                Put(PolicyJson.Read(JsonDocument.Parse(Substitute(arguments.GetRawText())).RootElement));
                break;
            case "deletePolicy":
                Remove(Cluster.NetworkPolicies.Single(policy => policy.Namespace == @namespace && policy.Name == name));
                break;
            case "deleteAllPolicies":
                foreach (var policy in Cluster.NetworkPolicies) Remove(policy);
                break;
            case "createNamespace":
                Put(new Namespace { Name = name!, Labels = Labels(arguments) });
                break;
            case "setNamespaceLabels" or "addNamespaceLabel":
                var space = Cluster.Namespaces.Single(space => space.Name == name);
                Put(space with { Labels = verb == "addNamespaceLabel" ? Merge(space.Labels, Labels(arguments)) : Labels(arguments) });
                break;
            case "deleteNamespace":
                foreach (var pod in Cluster.Pods.Where(pod => pod.Namespace == name)) Remove(pod);
                Remove(Cluster.Namespaces.Single(space => space.Name == name));
                break;
            case "createPod":
                Put(NewPod(@namespace!, name!, Labels(arguments), NewAddress()));
                break;
            case "setPodLabels" or "addPodLabels":
                var old = Pod($"{@namespace}/{name}");
                Put(old with { Labels = verb == "addPodLabels" ? Merge(old.Labels, Labels(arguments)) : Labels(arguments) });
                break;
            case "deletePod":
                Remove(Pod($"{@namespace}/{name}"));
                break;
            case "sleepSeconds":
                break;
            default:
                throw new InvalidDataException($"the corpus has an action that is not known here: {verb}");
        }
    }

    /// <summary>Whether a flow between two pods is open by policy alone.</summary>
    public bool IsOpen(string source, string destination, Protocol protocol, int port)
    {
        var expected = new NaiveOracle(Cluster).AllowedByPolicy(End.Of(Pod(source)), End.Of(Pod(destination)), protocol, port);
        _rebuilt ??= Reachability.Compile(Snapshot.Create(Cluster));
        Assert.Equal(expected, Ask(_rebuilt, source, destination, protocol, port));
        Assert.Equal(expected, Ask(_applied, source, destination, protocol, port));
        Assert.NotEqual(Truth.Maybe, expected);
        return expected == Truth.Yes;
    }

    public static Protocol ProtocolOf(string text) => ProtocolText.TryParse(text, out var protocol) ? protocol : throw new InvalidDataException(text);

    private static Truth Ask(Reachability reachability, string source, string destination, Protocol protocol, int port)
    {
        Party PartyOf(string pod) => Party.OfPod(reachability.Snapshot.FindPod(pod.Split('/')[0], pod.Split('/')[1]));
        var reach = reachability.BetweenByPolicy(PartyOf(source), PartyOf(destination));
        return reach.Certain.Contains(protocol, port) ? Truth.Yes : reach.Possible.Contains(protocol, port) ? Truth.Maybe : Truth.No;
    }

    private void Put(KubernetesObject changed) => Take(Step.Put(Cluster, changed));

    private void Remove(KubernetesObject gone) => Take(Step.Remove(Cluster, gone));

    private void Take(Step step)
    {
        Cluster = step.Cluster;
        _applied.Apply(new Change(step.Object, step.Removed));
        _rebuilt = null;
    }

    private Pod NewPod(string @namespace, string name, LabelSet labels, Address address) => new()
    {
        Namespace = @namespace,
        Name = name,
        Labels = labels,
        Phase = PodPhase.Running,
        Addresses = [address],
        Network = new(
            [.. from port in _ports from protocol in Protocols select new ContainerPort(PortName(port, protocol), port, protocol)],
            HostNetwork: false),
    };

    private static string PortName(int port, Protocol protocol) => $"serve-{port}-{protocol switch { Protocol.Tcp => "tcp", Protocol.Udp => "udp", _ => "sctp" }}";

    private Pod Pod(string name) => Cluster.Pods.Single(pod => pod.QualifiedName == name);

    private Address NewAddress()
    {
        var number = (UInt128)(++_created);
        return Cluster.Pods[0].Addresses[0].Family == IpFamily.V4
            ? new Address(IpFamily.V4, Address.Parse("10.244.9.0").Value + number)
            : new Address(IpFamily.V6, Address.Parse("fd00:10:244:9::").Value + number);
    }

    private string Substitute(string text) => Placeholder().Replace(text, match =>
        Block(Pod(match.Groups["pod"].Value).Addresses[0], match.Groups["what"].Value == "slash4").ToString());

    private static Prefix Block(Address address, bool isWide) => new(address, isWide ? 4 : Address.Bits(address.Family));

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static LabelSet Labels(JsonElement json) =>
        LabelSet.Create(json.GetProperty("labels").EnumerateObject().Select(label => KeyValuePair.Create(label.Name, label.Value.GetString()!)));

    private static LabelSet Merge(LabelSet labels, LabelSet more) => LabelSet.Create(labels.Concat(more));

    [GeneratedRegex(@"\$\{(?<what>hostCIDR|slash4):(?<pod>[^}]+)\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
