using System.Collections.Concurrent;
using Ringfence.Dataplane.Compilation;
using Ringfence.Engine;

namespace Ringfence.Lab.Planning;

/// <summary>A plan compiled, as far as somebody asks for it. Safe for several threads.</summary>
internal sealed class CompiledState
{
    /// <summary>The annotation of a node whose allowed connections are logged too.</summary>
    public const string LogAllowed = "ringfence.dev/log-allowed";

    /// <summary>Of nothing.</summary>
    public static readonly CompiledState Empty = new(new LabPlan([], System.Collections.Immutable.ImmutableSortedDictionary<string, PlannedPod>.Empty, Model.ClusterObjects.Empty, []));

    private readonly LabPlan _plan;
    private readonly Lazy<Snapshot> _snapshot;
    private readonly Lazy<Reachability> _cluster;
    private readonly ConcurrentDictionary<string, Lazy<NodeProgram>> _programs = new(StringComparer.Ordinal);

    /// <summary>Of a plan.</summary>
    public CompiledState(LabPlan plan)
    {
        _plan = plan;
        _snapshot = new Lazy<Snapshot>(() => Engine.Snapshot.Create(plan.State));
        _cluster = new Lazy<Reachability>(() => Reachability.Compile(Snapshot));
    }

    /// <summary>The state, with its namespaces and owners found.</summary>
    public Snapshot Snapshot => _snapshot.Value;

    /// <summary>Who reaches whom.</summary>
    public Reachability Cluster => _cluster.Value;

    /// <summary>What a node is to enforce.</summary>
    public NodeProgram ProgramOf(string node) => _programs.GetOrAdd(node, name => new Lazy<NodeProgram>(() =>
    {
        var planned = _plan.Nodes.First(item => item.Node.Name == name);
        var annotations = _plan.State.Nodes.First(item => item.Name == name).Annotations;
        return NodeCompiler.Compile(Cluster, _plan.ScopeOf(planned), new RuleOptions { LogAllowed = annotations[LogAllowed] == "true" });
    })).Value;
}
