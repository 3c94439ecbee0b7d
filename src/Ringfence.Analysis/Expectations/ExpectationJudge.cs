using System.Collections.Immutable;
using Ringfence.Engine;

namespace Ringfence.Analysis.Expectations;

/// <summary>
/// Judges expectations about a cluster, by workloads and ranges that policies tell apart. What policies do not concern is left out of everyone, of
/// labels and of namespaces: a pod and itself, a pod and its own node. Of ends that are named by themselves it counts as open, as it is.
/// </summary>
public sealed class ExpectationJudge
{
    private readonly CaseJudge _judge;

    /// <summary>Judges with one view of a cluster.</summary>
    /// <param name="view">The cluster.</param>
    /// <param name="coverage">Told of every flow that is judged; null where nobody wants to know.</param>
    public ExpectationJudge(ClusterView view, Coverage? coverage = null)
        : this(view, (IFlowListener?)coverage)
    {
    }

    internal ExpectationJudge(ClusterView view, IFlowListener? listener) => _judge = new CaseJudge(new JudgeContext(view) { Listener = listener });

    /// <summary>Judges cases, one by one as they are asked for.</summary>
    public IEnumerable<CaseResult> Judge(IEnumerable<ExpectationCase> cases) => cases.Select(_judge.Judge);
}

/// <summary>What the judgement of all cases shares.</summary>
internal sealed class JudgeContext
{
    private readonly Lazy<EndSpace> _everySource;
    private readonly Lazy<EndSpace> _everyDestination;

    public JudgeContext(ClusterView view)
    {
        Ends = new EndResolver(view);
        Targets = new TargetResolver(view.Reachability.Snapshot, Ends);
        Reach = new ReachTable(view.Reachability);
        _everySource = new(() => new EndSpace(Ends.Everyone(asSource: true), Ends, asSource: true));
        _everyDestination = new(() => new EndSpace(Ends.Everyone(asSource: false), Ends, asSource: false));
    }

    public IFlowListener? Listener { get; init; }

    public EndResolver Ends { get; }

    public TargetResolver Targets { get; }

    public ReachTable Reach { get; }

    public EndSpace EverySource => _everySource.Value;

    public EndSpace EveryDestination => _everyDestination.Value;
}
