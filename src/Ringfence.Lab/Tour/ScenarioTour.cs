using System.Collections.Immutable;
using Ringfence.Evidence.Probes;
using Ringfence.Evidence.Running;

namespace Ringfence.Lab.Tour;

/// <summary>Eight policies that look alike as one scoreboard, the hyphen that opens a door, and the trap of DNS.</summary>
public static class ScenarioTour
{
    private const string Target = "ai-platform/rag-api";
    private const string OwnNamespace = "ai-platform/";

    private static readonly ImmutableArray<(string Name, string From)> Scenarios =
    [
        ("allow all", "ingress: [{}]"),
        ("deny all", "no rule"),
        ("same namespace", "podSelector: {}"),
        ("cluster internal", "namespaceSelector: {}"),
        ("AND, both empty", "one entry: podSelector: {}, namespaceSelector: {}"),
        ("OR, both empty", "two entries: podSelector: {}, namespaceSelector: {}"),
        ("one namespace", "namespaceSelector: ml-ops"),
        ("one pod of it", "one entry: namespaceSelector: ml-ops, podSelector: model-monitor"),
    ];

    /// <summary>Goes through the scenarios.</summary>
    /// <param name="show">Gets each stop; the next begins when it returns.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task RunAsync(Action<TourStop> show, IProgress<string> progress, CancellationToken cancellation)
    {
        var folders = TourFiles.Folders("examples/scenarios");
        var cluster = await LabCluster.StartAsync(new LabOptions { Name = "tour-scenarios" }, TourFiles.Read(folders[0]), progress, cancellation).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            show(await BoardAsync(cluster, folders, progress, cancellation).ConfigureAwait(false));
            show(await HyphenAsync(cluster, cancellation).ConfigureAwait(false));
            show(await DnsAsync(cluster, cancellation).ConfigureAwait(false));
        }
    }

    private static async Task<TourStop> BoardAsync(LabCluster cluster, ImmutableArray<string> folders, IProgress<string> progress, CancellationToken cancellation)
    {
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<TourCell>>();
        var all = ImmutableArray.CreateBuilder<ProbeResult>();
        for (var i = 0; i < folders.Length; i++)
        {
            progress.Report($"scenario {i + 1} of {folders.Length}");
            var results = await TryAsync(cluster, folders[i], cancellation).ConfigureAwait(false);
            rows.Add(
            [
                new TourCell($"{i + 1}", TourTone.Plain), new TourCell(Scenarios[i].Name, TourTone.Plain), new TourCell(Scenarios[i].From, TourTone.Plain),
                Score(results, IsOwn), Score(results, end => end.IsPod && !IsOwn(end)), Score(results, end => !end.IsPod),
            ]);
            all.AddRange(results);
        }

        return new TourStop(
            $"Eight policies that look alike: who reaches {Target}:8000", "examples/scenarios",
            new TourTable(["", "SCENARIO", "FROM", "SAME NAMESPACE", "OTHER NAMESPACES", "OUTSIDE"], rows.ToImmutable()),
            [
                "1 and 2 differ by a rule that is there and empty; 3 and 4 by one word.",
                "5 and 6 agree only because both selectors are empty: the next stop has labels in them.",
            ],
            TourMatrix.Differences(all.ToImmutable())) { Probes = all.Count };
    }

    private static async Task<TourStop> HyphenAsync(LabCluster cluster, CancellationToken cancellation)
    {
        var one = await TryAsync(cluster, "examples/hyphen-trap/one-hyphen", cancellation).ConfigureAwait(false);
        var two = await TryAsync(cluster, "examples/hyphen-trap/two-hyphens", cancellation).ConfigureAwait(false);
        var rows = one.Zip(two, (and, or) => (ImmutableArray<TourCell>)
        [
            new TourCell(and.Planned.Probe.Source.Workload, TourTone.Plain), Cell(and), Cell(or),
            new TourCell(and.IsOpen == or.IsOpen ? "" : "the hyphen lets it in", TourTone.Plain),
        ]);
        return new TourStop(
            "One hyphen: AND or OR", "examples/hyphen-trap",
            new TourTable([$"TO {Target}:8000 FROM", "AND (one hyphen)", "OR (two hyphens)", ""], [.. rows]),
            [
                "One entry with two selectors: both must hold, the model-monitor pods of ml-ops. Two entries: either is enough.",
                "The second hyphen lets in every pod of ml-ops, and the model-monitor of the policy's own namespace; a podSelector alone never leaves it.",
            ],
            TourMatrix.Differences([.. one, .. two])) { Probes = one.Length + two.Length };
    }

    private static async Task<TourStop> DnsAsync(LabCluster cluster, CancellationToken cancellation)
    {
        (string What, string Folder)[] states =
        [
            ("before", "examples/rag-steps/04-other-namespace"),
            ("egress denied", "examples/rag-steps/05-egress-denied-dns-broken"),
            ("DNS allowed", "examples/rag-steps/06-dns-mended"),
        ];
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<TourCell>>();
        var differences = ImmutableArray.CreateBuilder<string>();
        foreach (var (what, folder) in states)
        {
            await cluster.ApplyAsync(TourFiles.Read(folder), cancellation).ConfigureAwait(false);
            var result = await DnsTrap.LookAsync(cluster, cancellation).ConfigureAwait(false);
            differences.AddRange(result.Differences);
            var tone = !result.Differences.IsEmpty ? TourTone.Wrong : result.IsAnswered ? TourTone.Open : TourTone.Closed;
            rows.Add([new TourCell(what, TourTone.Plain), new TourCell(result.Text + (result.Differences.IsEmpty ? "" : " !"), tone), new TourCell(folder, TourTone.Plain)]);
        }

        return new TourStop(
            "The trap of DNS: a name from a pod whose egress is denied", "examples/rag-steps",
            new TourTable(["POLICIES", "LOOKUP", "EXAMPLE"], rows.ToImmutable()),
            [
                "DNS is egress like any other: a policy that denies egress makes every name unresolvable, before any connection is tried.",
                "Every policy that denies egress needs one that allows UDP and TCP 53 to kube-dns in kube-system.",
            ],
            differences.ToImmutable()) { Probes = states.Length };
    }

    private static async Task<ImmutableArray<ProbeResult>> TryAsync(LabCluster cluster, string folder, CancellationToken cancellation)
    {
        await cluster.ApplyAsync(TourFiles.Read(folder), cancellation).ConfigureAwait(false);
        return await new TourProbes(cluster).TryAsync(end => end.Workload == Target, cancellation).ConfigureAwait(false);
    }

    private static bool IsOwn(ProbeEnd end) => end.Workload.StartsWith(OwnNamespace, StringComparison.Ordinal);

    private static TourCell Cell(ProbeResult result) => result.Agreement != Agreement.Agrees
        ? new TourCell(result.IsOpen ? "yes !" : "no !", TourTone.Wrong)
        : result.IsOpen ? new TourCell("yes", TourTone.Open) : new TourCell("no", TourTone.Closed);

    // All, none, or those that come through: a whole namespace by its name.
    private static TourCell Score(ImmutableArray<ProbeResult> results, Func<ProbeEnd, bool> isColumn)
    {
        var column = results.Where(result => isColumn(result.Planned.Probe.Source)).ToList();
        var open = column.Where(result => result.IsOpen).Select(result => result.Planned.Probe.Source.Workload).ToList();
        var shut = column.Where(result => !result.IsOpen).Select(result => NamespaceOf(result.Planned.Probe.Source.Workload)).ToHashSet(StringComparer.Ordinal);
        var text = open.Count == 0 ? "no"
            : open.Count == column.Count ? "yes"
            : string.Join(", ", open.Select(name => shut.Contains(NamespaceOf(name)) ? name : NamespaceOf(name)).Distinct(StringComparer.Ordinal)) + " only";
        var differs = column.Exists(result => result.Agreement != Agreement.Agrees);
        return new TourCell(differs ? text + " !" : text, differs ? TourTone.Wrong : open.Count == 0 ? TourTone.Closed : TourTone.Open);
    }

    private static string NamespaceOf(string workload) => workload.Split('/')[0];
}
