using Ringfence.Analysis.Exposure;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Exposure;

/// <summary>Puts pods that were not there into random clusters, and asks the oracle what they can reach: it must be what the lines that they fit said.</summary>
public sealed class ExposureAgainstOracleTests
{
    private const int Clusters = 120;
    private const int NewPods = 10;

    [Fact]
    public void Lines_PodThatWasNotThere_ReachesWhatTheLinesItFitsSay()
    {
        long fitting = 0, strangers = 0;
        Parallel.For(0, Clusters, seed =>
        {
            var newcomers = new Newcomers(seed);
            for (var i = 0; i < NewPods; i++) newcomers.CompareOne();
            Interlocked.Add(ref fitting, newcomers.Fitting);
            Interlocked.Add(ref strangers, newcomers.Strangers);
        });

        Assert.True(fitting > 4_000 && strangers > 1_000, $"{fitting} workloads have a line for a new pod, {strangers} have none");
    }

    /// <summary>One random cluster, and pods that come to it one at a time.</summary>
    private sealed class Newcomers
    {
        private readonly Dice _dice;
        private readonly int _seed;
        private readonly ClusterObjects _cluster;
        private readonly ClusterView _view;
        private readonly List<ExposureLine> _lines;

        public Newcomers(int seed)
        {
            (_dice, _seed, _cluster) = (new Dice(seed), seed, RandomCluster.CreateSmall(seed));
            _view = ClusterView.Create(Reachability.Compile(Snapshot.Create(_cluster)));
            var analysis = new ExposureAnalysis(_view);
            _lines = [.. analysis.Lines(Direction.Ingress), .. analysis.Lines(Direction.Egress)];
        }

        /// <summary>How often a workload had a line for a pod that came.</summary>
        public long Fitting { get; private set; }

        /// <summary>How often it had none.</summary>
        public long Strangers { get; private set; }

        public void CompareOne()
        {
            var line = _lines.Count > 0 && _dice.Percent(70) ? _dice.Pick<ExposureLine>(_lines) : null;
            var (home, newcomer) = Make();
            for (var tries = 0; tries < 100 && line is not null && !Fits(line, home, newcomer); tries++) (home, newcomer) = Make();

            var cluster = _cluster with
            {
                Namespaces = [.. _cluster.Namespaces.Where(item => item.Name != home.Name), home],
                Pods = [.. _cluster.Pods, newcomer],
            };
            foreach (var workload in _view.Workloads)
                foreach (var direction in (Direction[])[Direction.Ingress, Direction.Egress])
                    Compare(new NaiveOracle(cluster), workload, direction, home, newcomer);
        }

        private void Compare(NaiveOracle oracle, ViewEntry workload, Direction direction, Namespace home, Pod newcomer)
        {
            var fitting = _lines.Where(line => line.Direction == direction && line.Workload == workload && Fits(line, home, newcomer)).ToList();
            if (fitting.Count > 0) Fitting++;
            else Strangers++;

            foreach (var pod in workload.Pods)
            {
                var (own, other) = (End.Of(_view.Reachability.Snapshot.Pods[pod].Pod), End.Of(newcomer));
                var (source, destination) = direction == Direction.Ingress ? (other, own) : (own, other);
                foreach (var (protocol, port) in Wires())
                {
                    var said = fitting.Any(line => Holds(line.Ports, newcomer, protocol, port));

                    // Where it depends on the pod's address, no line speaks of it. In a new namespace no policy is at the other end.
                    var seen = oracle.AllowedOnSide(direction, source, destination, protocol, port) == Truth.Yes;
                    var whole = home.Name == NewNamespace ? oracle.AllowedByPolicy(source, destination, protocol, port) == Truth.Yes : seen;
                    if (said != seen || said != whole)
                        Assert.Fail($"seed {_seed}: {direction} of {workload.Name}, {protocol} {port}: the lines say {said}, the oracle {seen} ({whole})\n"
                            + $"new: {ClusterText.Of(home)}\n{ClusterText.Of(newcomer)}\n{string.Join('\n', fitting)}\n{ClusterText.Of(_cluster)}");
                }
            }
        }

        private const string NewNamespace = "new";

        private (Namespace Home, Pod Newcomer) Make()
        {
            var name = _dice.Pick<string>([NewNamespace, NewNamespace, .. Vocabulary.Namespaces]);
            var home = _cluster.Namespaces.FirstOrDefault(item => item.Name == name) ?? new Namespace { Name = name, Labels = Labels() };
            return (home, new Pod
            {
                Namespace = name,
                Name = "newcomer",
                Labels = Labels(),
                Network = new([.. _dice.Some(3, () => Vocabulary.ContainerPort(_dice))], HostNetwork: false),
                Phase = PodPhase.Running,
            });
        }

        // With a value that no selector names.
        private LabelSet Labels() => LabelSet.Create(Vocabulary.Keys.Where(_ => _dice.Percent(60))
            .Select(key => KeyValuePair.Create(key, _dice.Pick<string>([.. Vocabulary.Values, "other"]))).ToList());

        private static bool Fits(ExposureLine line, Namespace home, Pod newcomer) =>
            line.Peer.Namespaces.Matches(home.Labels.With(Namespace.NameLabel, home.Name)) && line.Peer.Pods.Matches(newcomer.Labels);

        private static bool Holds(PortTerms ports, Pod newcomer, Protocol? protocol, int port) => protocol is { } known
            ? ports.Known.Contains(known, port)
                || newcomer.Network.Ports.Any(own => own.Port == port && own.Protocol == known && ports.Names.Contains((known, own.Name!)))
            : ports.Known.OtherProtocols;

        private static IEnumerable<(Protocol? Protocol, int Port)> Wires() =>
            Vocabulary.Protocols.SelectMany(protocol => Vocabulary.Ports.Select(port => ((Protocol?)protocol, port))).Append((null, 0));
    }
}
