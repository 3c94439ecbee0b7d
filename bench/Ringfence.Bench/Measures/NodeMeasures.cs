using System.Collections.Immutable;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Reporting;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures what one node needs of a cluster: compiling its rules.</summary>
internal sealed class NodeMeasures(Report report, GeneratedCluster cluster, int runs)
{
    // The most that Kubernetes recommends for a node.
    private const int PodsOnNode = 110;

    public void Run()
    {
        var name = $"{cluster.Shape.Name}, {PodsOnNode} pods on the node";
        Report.Progress($"generating {cluster.Shape.Size}");
        var objects = cluster.ToObjects();
        var reachability = Reachability.Compile(Snapshot.Create(objects));
        var scope = Scope(objects);
        var program = NodeCompiler.Compile(reachability, scope, new RuleOptions());
        report.Add(name, "compile the node", Clock.Best(runs, () => NodeCompiler.Compile(reachability, scope, new RuleOptions())));
        Describe(name, program.Rules);
    }

    private void Describe(string name, NodeRules rules)
    {
        report.Add(name, "sets", rules.Sets.Count, "sets");
        report.Add(name, "elements", rules.Sets.Values.Sum(set => set.Elements.Length), "elements");
        report.Add(name, "chains", rules.Chains.Count, "chains");
        report.Add(name, "rules", rules.Chains.Values.Sum(chain => chain.Rules.Length), "rules");
    }

    // Pods of many namespaces, as a scheduler would mix them.
    private static NodeScope Scope(ClusterObjects objects)
    {
        var pods = objects.Pods.Where(pod => !pod.Network.HostNetwork && !pod.IsFinished && !pod.Addresses.IsEmpty).ToList();
        var step = Math.Max(1, pods.Count / PodsOnNode);
        var local = pods.Where((_, index) => index % step == 0).Take(PodsOnNode).ToList();
        return new NodeScope(
            "node",
            [.. local.SelectMany(pod => pod.Addresses).Select(address => new Prefix(address, Address.Bits(address.Family)))],
            [.. local.Select((pod, index) => new LocalPod(pod.Namespace, pod.Name, $"veth{index}"))]);
    }
}
