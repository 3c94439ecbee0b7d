using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Analysis.Expectations;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Engine.Tests.Properties;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Expectations;

/// <summary>Expectations judged aloud: every pod with every pod and every address at which an answer can change, port by port.</summary>
internal sealed class ExpectationOracle
{
    private readonly ClusterObjects _cluster;
    private readonly ClusterView _view;
    private readonly NaiveOracle _oracle;
    private readonly ImmutableArray<Member> _pods;
    private readonly ImmutableArray<Member> _addresses;
    private readonly ImmutableArray<(Protocol? Protocol, int Port)> _wires;

    public ExpectationOracle(ClusterObjects cluster, ClusterView view, IEnumerable<Address> named, IEnumerable<int> ports)
    {
        (_cluster, _view, _oracle) = (cluster, view, new NaiveOracle(cluster));
        _pods = [.. view.Reachability.Snapshot.Pods.Select((pod, number) => new Member(number, End.Of(pod.Pod, cluster)))];
        var hasSix = view.OutsideSources.Any(range => range.Range!.Value.First.Family == IpFamily.V6);
        _addresses = [.. Boundaries.Addresses(cluster).Concat(named).Where(address => hasSix || address.Family == IpFamily.V4).Distinct().Select(address => new Member(-1, End.Of(address)))];
        var protocols = (Protocol[])[Protocol.Tcp, Protocol.Udp, Protocol.Sctp];
        _wires = [.. from protocol in protocols from port in Boundaries.Ports(cluster).Union(ports) select ((Protocol?)protocol, port), (null, 0)];
    }

    public ImmutableArray<ExpectationOutcome> Judge(ExpectationCase item)
    {
        var entries = item.Expectations;
        return [.. entries.Select((_, i) => Judge(entries, i))];
    }

    private ExpectationOutcome Judge(ImmutableArray<Expectation> entries, int number)
    {
        var entry = entries[number];
        var (worst, flows) = (ExpectationOutcome.Passed, 0);
        foreach (var target in Everyone().Where(member => Names(entry.To, member) || Else(entry.To)))
            foreach (var source in Everyone().Where(member => Names(entry.From, member) || Else(entry.From)))
            {
                if (Else(entry.From) && !Names(entry.From, source) && Others().Any(other => Names(other.To, target) && Names(other.From, source))) continue;
                if (Else(entry.To) && !Names(entry.To, target) && Others().Any(other => Names(other.To, target) && Names(other.From, source))) continue;
                Ask(source, target, IsAlone(entry.From) && IsAlone(entry.To), wire => Asks(entry, wire), entry.Mode == ExpectationMode.Deny);
            }

        if (entry.Mode == ExpectationMode.Only)
            foreach (var target in Everyone().Where(member => Names(entry.To, member)))
            {
                if (entries.Take(number).Any(before => before.Mode == ExpectationMode.Only && Names(before.To, target))) continue;
                var naming = entries.Where(other => other.Mode != ExpectationMode.Deny && Names(other.To, target)).ToList();
                foreach (var source in Everyone())
                {
                    var own = naming.FindAll(other => Names(other.From, source));
                    if (own.Count == 0) own = naming.FindAll(other => Else(other.From));
                    Ask(source, target, false, wire => !own.Exists(other => Asks(other, wire)), isDenied: true);
                }
            }

        return flows > 0 || Else(entry.From) || Else(entry.To) ? worst : ExpectationOutcome.Error;

        IEnumerable<Expectation> Others() => entries.Where((_, i) => i != number);

        void Ask(Member source, Member target, bool isNamed, Func<(Protocol?, int), bool> asks, bool isDenied)
        {
            if (source.Pod < 0 && target.Pod < 0) return;
            if (!isNamed && source.Pod == target.Pod && (IsAlone(entry.From) || IsAlone(entry.To))) return;
            if (!isNamed && source.Pod == target.Pod && !(_view.EntryOf(source.Pod) is { } workload && (workload.HasReplicas || workload.Pods.Length > 1) && workload.Pods.All(pod => Covers(pod)))) return;
            flows++;
            foreach (var wire in _wires.Where(asks))
            {
                var (protocol, port) = wire;
                var truth = isNamed ? _oracle.Allowed(source.End, target.End, protocol, port) : _oracle.AllowedByPolicy(source.End, target.End, protocol, port);
                if (isDenied) truth = truth == Truth.Yes ? Truth.No : truth == Truth.No ? Truth.Yes : truth;
                var outcome = truth == Truth.Yes ? ExpectationOutcome.Passed : truth == Truth.No ? ExpectationOutcome.Failed : ExpectationOutcome.Unknown;
                if (outcome > worst) worst = outcome;
            }

            // What replicas open to each other is asked where the workload as a whole is on both sides.
            bool Covers(int pod) => (Names(entry.From, _pods[pod]) || Else(entry.From) || !Names(entry.From, source)) && (Names(entry.To, _pods[pod]) || Else(entry.To));
        }
    }

    private IEnumerable<Member> Everyone() => _pods.Concat(_addresses);

    private static bool Else(ImmutableArray<ExpectedEnd> ends) => ends.Any(end => end is EveryoneEnd { Else: true });

    private static bool IsAlone(ImmutableArray<ExpectedEnd> ends) => ends is [NamedEnd];

    private bool Names(ImmutableArray<ExpectedEnd> ends, Member member) => ends.Any(end => end switch
    {
        EveryoneEnd everyone => !everyone.Else,
        SelectedEnd selected => member.End.Pod is { } pod && (selected.Namespace is null || pod.Namespace == selected.Namespace) && selected.Pods.Matches(pod.Labels),
        NamedEnd { Endpoint: NamedText name } => member.Pod >= 0 && _view.Reachability.Snapshot.FindPod(name.Namespace, name.Name) == member.Pod,
        RangeEnd range => member.Pod < 0 && range.Range.First.Family == member.End.Address.Family && range.Range.First <= member.End.Address && member.End.Address <= range.Range.Last,
        _ => throw new InvalidOperationException(end.ToString()),
    });

    private static bool Asks(Expectation entry, (Protocol? Protocol, int Port) wire) =>
        entry.Ports.IsEmpty || entry.Ports.Any(port => (port.Protocol ?? Protocol.Tcp) == wire.Protocol && port.First <= wire.Port && wire.Port <= port.Last);

    private readonly record struct Member(int Pod, End End);
}
