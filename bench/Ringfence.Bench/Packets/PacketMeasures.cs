using System.Diagnostics;
using System.Net;
using Ringfence.Bench.Reporting;
using Ringfence.Dataplane.Nftables;

namespace Ringfence.Bench.Packets;

/// <summary>
/// Measures what a packet's way through a node costs with different rules, all in one run and in turns. One thread on one processor sends a batch and
/// takes it at the other end: the kernel does the forwarding within the sending call, or a little later in a thread of its own; a batch's time ends when
/// all of it has arrived. Of the batches of a turn the lower quartile counts, which other work on the machine hardly touches.
/// </summary>
internal sealed class PacketMeasures(Report report, int rounds)
{
    private const int Batches = 40;
    private static readonly TimeSpan LongestBatch = TimeSpan.FromMilliseconds(20);
    private const int Connections = 16;
    private const int ConnectionBatches = 4;
    private const string ConntrackOnly = "table inet t {\n chain forward {\n  type filter hook forward priority 0; policy accept;\n  ct state invalid drop\n }\n}\n";

    private readonly List<Subject> _subjects = [];

    public void Run()
    {
        try
        {
            Add("no rules", _ => { });
            Add("conntrack only", node => node.Load(ConntrackOnly));
            foreach (var count in (int[])[10, 1_000, 10_000])
            {
                var rules = new PacketRules(count, OfServer: 10);
                Add($"Ringfence, {count:#,0} policies", node => Program(node, rules));
                Add($"a rule a peer, {count:#,0} policies", node => node.Load(rules.RuleAPeer()));
            }

            Add("Ringfence, 100 policies that all select the server", node => Program(node, new PacketRules(100, OfServer: 100)));
            Add("Ringfence, 1,000 policies that all select the server", node => Program(node, new PacketRules(1_000, OfServer: 1_000)));
            var thread = new Thread(Measure);
            thread.Start();
            thread.Join();
            Tell();
        }
        finally
        {
            foreach (var subject in _subjects) subject.Dispose();
        }
    }

    private void Add(string name, Action<ForwardingNode> load)
    {
        Report.Progress(name);
        var node = new ForwardingNode();
        _subjects.Add(new Subject(name, node));
        load(node);
    }

    private static void Program(ForwardingNode node, PacketRules rules)
    {
        using var table = NodeTable.Open(node.Network);
        table.Apply(rules.Compile().Rules);
    }

    private unsafe void Measure()
    {
        var processors = 2ul;
        if (Environment.ProcessorCount > 1) _ = Native.sched_setaffinity(0, sizeof(ulong), &processors);
        for (var round = -1; round < rounds; round++)
        {
            foreach (var subject in _subjects)
            {
                subject.Node.ForgetFlows();
                var established = Packets(subject, begin: false);
                var fresh = Packets(subject, begin: true);
                var connections = Connect(subject.Node);
                if (round < 0) continue;
                subject.Established.Add(established);
                subject.New.Add(fresh);
                subject.Connections.Add(connections);
            }

            if (round % 5 == 4) Report.Progress($"round {round + 1} of {rounds}");
        }
    }

    private static double Packets(Subject subject, bool begin)
    {
        var (times, last, whole) = (new List<double>(Batches), 0, false);
        for (var batch = 0; batch < Batches + 2; batch++)
        {
            if (begin) subject.Fresh.BeginFlows();
            var packets = begin ? subject.Fresh : subject.Known;
            var started = Stopwatch.GetTimestamp();
            var sent = packets.Send(subject.Node.Sender);
            var took = Stopwatch.GetElapsedTime(started);
            var arrived = PacketBatch.Drain(subject.Node.Receiver);
            while (sent && arrived < PacketBatch.Count && took < LongestBatch)
            {
                // The kernel put the rest off to a thread of its own.
                arrived += PacketBatch.Drain(subject.Node.Receiver);
                took = Stopwatch.GetElapsedTime(started);
            }

            // The first batch resolves neighbours, and a known flow is known from its first answer on.
            if (batch == 0 && !begin) subject.Node.Answer();
            if (batch < 2) continue;
            (last, whole, subject.Sent) = (arrived, sent, subject.Sent + 1);
            if (sent && arrived == PacketBatch.Count) times.Add(took.TotalNanoseconds / PacketBatch.Count);
        }

        if (times.Count == 0) throw new InvalidOperationException($"with {subject.Name} no batch arrived whole; the last had {last} of {PacketBatch.Count} packets, sent: {whole}");
        subject.Counted += times.Count;
        return Quantile(times, 0.25);
    }

    private static double Connect(ForwardingNode node)
    {
        var times = new List<double>(ConnectionBatches);
        for (var batch = 0; batch < ConnectionBatches; batch++)
        {
            var server = new IPEndPoint(ForwardingNode.ServerAddress.ToIPAddress(), ForwardingNode.Port);
            foreach (var client in node.Clients(Connections))
            {
                // Closing resets: nothing waits for late packets.
                client.LingerState = new(enable: true, seconds: 0);
                var started = Stopwatch.GetTimestamp();
                client.Connect(server);
                using (node.Listener.Accept()) client.Dispose();
                times.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds);
            }
        }

        return Quantile(times, 0.25);
    }

    private void Tell()
    {
        foreach (var (what, of) in new (string, Func<Subject, List<double>>)[]
                 {
                     ("packet of a known flow", subject => subject.Established), ("first packet of a flow", subject => subject.New),
                     ("TCP connect and reset", subject => subject.Connections),
                 })
        {
            var (none, tracked) = (Quantile(of(_subjects[0]), 0.5), Quantile(of(_subjects[1]), 0.5));
            foreach (var subject in _subjects)
            {
                var values = of(subject);
                var middle = Quantile(values, 0.5);
                report.Add(
                    subject.Name, what, middle, "ns",
                    note: FormattableString.Invariant($"{middle / none:0.00} of no rules, {middle / tracked:0.00} of conntrack; quartiles {Quantile(values, 0.25):#,0} to {Quantile(values, 0.75):#,0}"));
            }
        }

        var counted = (double)_subjects.Sum(subject => subject.Counted) / _subjects.Sum(subject => subject.Sent);
        report.Add("all", "batches that arrived whole", 100 * counted, "%", note: "the others do not count");
    }

    private static double Quantile(List<double> values, double share)
    {
        if (values.Count == 0) return double.NaN;
        values.Sort();
        return values[(int)(share * (values.Count - 1))];
    }

    private sealed record Subject(string Name, ForwardingNode Node) : IDisposable
    {
        public PacketBatch Known { get; } = new(ForwardingNode.Port);

        public PacketBatch Fresh { get; } = new(ForwardingNode.Port);

        public List<double> Established { get; } = [];

        public List<double> New { get; } = [];

        public List<double> Connections { get; } = [];

        public long Sent { get; set; }

        public long Counted { get; set; }

        public void Dispose()
        {
            Known.Dispose();
            Fresh.Dispose();
            Node.Dispose();
        }
    }
}
