using Ringfence.Bench.Generation;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Engine.Tests.Properties;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>
/// Puts sampled questions about a large generated cluster to the engine and to the naive oracle. The oracle is given the objects of the two
/// namespaces that a question is about, which are all that can matter, or it would not end.
/// </summary>
internal sealed class ShapeSamples
{
    private const int QuestionsANamespacePair = 400;
    private static readonly int[] Ports = [53, 80, 443, 3000, 5000, 5432, 6333, 6379, 8000, 8080, 8443, 9090, 9092, 9100, 29999, 30000, 32767, 32768];

    private readonly Reachability _reachability;
    private readonly List<int>[] _pods;
    private readonly ILookup<string, NetworkPolicy> _policies;
    private readonly ClusterObjects _objects;
    private readonly Random _random;

    public ShapeSamples(Shape shape, int seed)
    {
        _objects = new GeneratedCluster(shape, seed).ToObjects();
        _reachability = Reachability.Compile(Snapshot.Create(_objects));
        var numbers = _objects.Namespaces.Select((item, i) => (item.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i);
        _pods = [.. _objects.Namespaces.Select(_ => new List<int>())];
        for (var i = 0; i < _reachability.Snapshot.Pods.Length; i++) _pods[numbers[_reachability.Snapshot.Pods[i].Pod.Namespace]].Add(i);
        _policies = _objects.NetworkPolicies.ToLookup(policy => policy.Namespace);
        _random = new Random(seed);
    }

    /// <summary>Compares at least so many answers; throws at the first difference.</summary>
    /// <returns>How many answers were compared.</returns>
    public long Compare(long count)
    {
        long answers = 0;
        while (answers < count)
        {
            var (from, to) = (_random.Next(_pods.Length), _random.Next(_pods.Length));
            if (_random.Next(2) == 0) to = from;
            if (_pods[from].Count > 0 && _pods[to].Count > 0) answers += Compare(from, to);
        }

        return answers;
    }

    private int Compare(int from, int to)
    {
        var (first, second) = (_objects.Namespaces[from], _objects.Namespaces[to]);
        var oracle = new NaiveOracle(new ClusterObjects
        {
            Namespaces = from == to ? [first] : [first, second],
            NetworkPolicies = from == to ? [.. _policies[first.Name]] : [.. _policies[first.Name], .. _policies[second.Name]],
        });
        for (var i = 0; i < QuestionsANamespacePair; i++)
        {
            var (source, destination) = (Any(_pods[from]), Any(_pods[to]));
            var protocol = _random.Next(8) == 0 ? Protocol.Udp : Protocol.Tcp;
            var port = _random.Next(4) == 0 ? _random.Next(1, 65536) : Ports[_random.Next(Ports.Length)];
            var expected = oracle.Allowed(EndOf(source), EndOf(destination), protocol, port);
            string Question() => $"{EndOf(source)} to {EndOf(destination)}, {protocol.ToText()} {port}";
            Agree.On(expected == Truth.Yes, _reachability.IsAllowed(source, destination, protocol, port), Question);
            Agree.On(expected == Truth.Yes, _reachability.Between(Party.OfPod(source), Party.OfPod(destination)).Certain.Contains(protocol, port), Question);
        }

        return 2 * QuestionsANamespacePair;
    }

    private int Any(List<int> pods) => pods[_random.Next(pods.Count)];

    private End EndOf(int pod) => End.Of(_reachability.Snapshot.Pods[pod].Pod);
}
