using System.Globalization;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Reporting;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures what one node needs of a cluster: compiling its rules, putting them into the kernel, and following changes.</summary>
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
        var before = Clock.LiveBytes();
        var program = NodeCompiler.Compile(reachability, scope, new RuleOptions());
        report.Add(name, "heap of the program", (Clock.LiveBytes() - before) / 1e6, "MB", note: "beside the compiled cluster");
        report.Add(name, "compile the node", Clock.Best(runs, () => NodeCompiler.Compile(reachability, scope, new RuleOptions())));
        Describe(name, program.Rules);
        Load(name, program.Rules);
        using var network = NetworkNamespace.Create();
        using var changes = new NodeChangeMeasures(report, name, network, reachability, scope, objects);
        changes.Run();
        report.Add(name, "memory of the process", Environment.WorkingSet / 1e6, "MB", note: "with the generated objects");
        GC.KeepAlive(program);
    }

    private void Describe(string name, NodeRules rules)
    {
        report.Add(name, "sets", rules.Sets.Count, "sets");
        report.Add(name, "elements", rules.Sets.Values.Sum(set => set.Elements.Length), "elements");
        report.Add(name, "chains", rules.Chains.Count, "chains");
        report.Add(name, "rules", rules.Chains.Values.Sum(chain => chain.Rules.Length), "rules");
    }

    // A new table each time: the first commit is the dearest.
    private void Load(string name, NodeRules rules)
    {
        var (memory, bytes, tables) = (new List<long>(), 0, new List<(NetworkNamespace Network, NodeTable Table)>());
        var best = Clock.Best(runs, () =>
        {
            var network = NetworkNamespace.Create();
            var table = NodeTable.Open(network);
            tables.Add((network, table));
            var before = KernelMemory.Bytes();
            bytes = table.Apply(rules).Bytes;
            memory.Add(KernelMemory.Bytes() - before);
        });

        // Not before: memory that one gives back the next would take unseen.
        foreach (var (network, table) in tables)
        {
            table.Dispose();
            network.Dispose();
        }

        memory.Sort();
        report.Add(name, "program an empty node", best, note: "making the namespace included");
        report.Add(name, "size of the transaction", bytes / 1e6, "MB");
        report.Add(name, "memory of the kernel", memory[memory.Count / 2] / 1e6, "MB", note: string.Create(
            CultureInfo.InvariantCulture, $"slab, vmalloc and per-CPU memory of the whole machine, after less before, median of {memory.Count}; {memory[0] / 1e6:0.0} to {memory[^1] / 1e6:0.0}"));
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
