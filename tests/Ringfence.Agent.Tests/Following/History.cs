using System.Collections.Immutable;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Kubernetes.Client;
using Ringfence.Model;

namespace Ringfence.Agent.Tests.Following;

/// <summary>
/// A random history of a cluster as the API tells it: each kind in its own order, kinds interleaved by chance, with repeats, and with lists in the middle.
/// Pods come, change, move, finish, go and come back under the same name; addresses are used again; in the end no two pods of the node claim the same.
/// </summary>
internal sealed class History
{
    public const string Node = "n1";

    private static readonly string[] Kinds = ["Pod", "Namespace", "NetworkPolicy", "Node"];

    private readonly Dice _dice;
    private readonly Dictionary<string, Queue<Action<IObjectSink>>> _events = Kinds.ToDictionary(kind => kind, _ => new Queue<Action<IObjectSink>>());

    public History(int seed, int changes)
    {
        _dice = new Dice(seed);
        var random = seed % 5 == 0 ? RandomCluster.CreateMedium(seed) : RandomCluster.CreateSmall(seed);
        Final = random with
        {
            Pods = [.. random.Pods.Select(Place)],
            Nodes = [NodeObject(), new Node { Name = "n2", Addresses = [Address.Parse("10.0.1.1")] }],
            Workloads = [],
        };
        foreach (var kind in Kinds) List(kind);
        for (var i = 0; i < changes; i++) Change(i);
        Settle();
    }

    /// <summary>What is there in the end.</summary>
    public ClusterObjects Final { get; private set; }

    /// <summary>Tells all of it.</summary>
    /// <param name="sink">Gets it.</param>
    /// <param name="between">Called between any two events.</param>
    public void Tell(IObjectSink sink, Action between)
    {
        var rest = _events.ToDictionary(item => item.Key, item => new Queue<Action<IObjectSink>>(item.Value));
        while (rest.Values.Any(queue => queue.Count > 0))
        {
            var queue = _dice.Pick<Queue<Action<IObjectSink>>>([.. rest.Values.Where(queue => queue.Count > 0)]);
            for (var run = 1 + _dice.UpTo(3); run > 0 && queue.Count > 0; run--) queue.Dequeue()(sink);
            between();
        }
    }

    /// <summary>Tells the end alone, as an agent hears it that starts then.</summary>
    public void TellEnd(IObjectSink sink)
    {
        foreach (var kind in Kinds) sink.Replace(kind, ObjectsOf(kind), []);
    }

    private void Change(int number)
    {
        if (_dice.Percent(4))
        {
            List(_dice.Pick<string>(Kinds));
            return;
        }

        if (_dice.Percent(6))
        {
            var node = NodeObject();
            Final = Final with { Nodes = [node, .. Final.Nodes.RemoveAll(item => item.Name == Node)] };
            Put(node);
            return;
        }

        var step = RandomChange.Create(_dice, Final, number);
        if (step.Object is Pod pod && !step.Removed) step = Step.Put(Final, Place(pod));
        Take(step);
        if (_dice.Percent(10)) Take(step);
        if (step.Removed && _dice.Percent(30)) Take(Step.Put(Final, step.Object is Pod gone ? Place(RandomObjects.Pod(_dice, gone.Namespace, gone.Name, Final)) : step.Object));
    }

    private void Take(Step step)
    {
        Final = step.Cluster;
        Enqueue(step.Object.Kind, sink => sink.Change(step.Object, step.Removed));
    }

    // Who was first is kept, so what two pods claim in the end would be the choice of history.
    private void Settle()
    {
        var (addresses, interfaces) = (new HashSet<Address>(), new HashSet<string>());
        foreach (var pod in Final.Pods.Where(pod => pod.NodeName == Node && !pod.IsFinished && !pod.Network.HostNetwork && !pod.Addresses.IsEmpty))
        {
            var name = pod.Annotations[ManifestAgent.InterfaceAnnotation];
            if (pod.Addresses.Any(addresses.Contains) || (name is not null && interfaces.Contains(name))) Take(Step.Remove(Final, pod));
            else addresses.UnionWith(pod.Addresses);
            if (name is not null) interfaces.Add(name);
        }
    }

    private Pod Place(Pod pod)
    {
        var name = _dice.Percent(10) ? null : _dice.Percent(8) ? "veth-shared" : _dice.Percent(4) ? "uplink" : $"v{pod.Namespace}{pod.Name}";
        return pod with
        {
            NodeName = _dice.Percent(45) ? Node : pod.NodeName,
            Annotations = name is null ? LabelSet.Empty : LabelSet.Of(ManifestAgent.InterfaceAnnotation, name),
            Owner = null,
        };
    }

    private Node NodeObject() => new()
    {
        Name = Node,
        Addresses = [Address.Parse("10.0.1.2"), Address.Parse("fd00:1::2")],
        PodCidrs = _dice.Percent(80) ? [Prefix.Parse("10.0.0.0/28"), Prefix.Parse("fd00::/124")] : [Prefix.Parse("10.0.0.0/28")],
        Annotations = _dice.Percent(30) ? LabelSet.Of("ringfence.dev/log-allowed", "true") : LabelSet.Empty,
    };

    private void Put(KubernetesObject item) => Enqueue(item.Kind, sink => sink.Change(item, removed: false));

    private void List(string kind)
    {
        var objects = ObjectsOf(kind);
        Enqueue(kind, sink => sink.Replace(kind, objects, []));
    }

    private void Enqueue(string kind, Action<IObjectSink> tell) => _events[kind].Enqueue(tell);

    private ImmutableArray<KubernetesObject> ObjectsOf(string kind) => [.. Final.All().Where(item => item.Kind == kind)];
}
