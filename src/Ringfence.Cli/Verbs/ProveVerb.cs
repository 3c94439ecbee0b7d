using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Cli.Proving;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Records;
using Ringfence.Lab;
using Ringfence.Lab.Daemon;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>prove</c>: realise, enforce, probe with real packets, compare, and write the evidence.</summary>
internal sealed class ProveVerb
{
    private readonly Option<bool> _plan = new("--plan") { Description = "Only say what would be probed and what not. Needs no root." };
    private readonly Option<int> _nodes = NumberOption.Create("--nodes", "How many nodes the pods run on", new LabOptions().Nodes, LabOptions.MostNodes);
    private readonly Option<int> _maxProbes = NumberOption.Create("--max-probes", "The most probes; more are thinned, and it says how", new PlanOptions().MaxProbes, 10_000_000);
    private readonly Option<bool> _v6 = new("--ipv6") { Description = "Addresses are IPv6." };
    private readonly Option<bool> _dual = new("--dual-stack") { Description = "Every pod has an IPv4 and an IPv6 address; both are probed." };
    private readonly Option<string[]> _expect = new("--expect")
    {
        Description = "Also show with packets whether the expectations in this file or folder hold. May be repeated.",
        HelpName = "FILE|DIR",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _noEnforce = new("--no-enforce") { Description = "Do not enforce the policies: shows that probes would tell." };
    private readonly Option<string?> _evidence = new("--evidence") { Description = $"Where to write the evidence as JSON (default: in {EvidenceFiles.Folder}/).", HelpName = "FILE" };
    private readonly Option<string?> _report = new("--report") { Description = $"Where to write the report as a page (default: in {EvidenceFiles.Folder}/).", HelpName = "FILE" };
    private readonly Option<bool> _noFiles = new("--no-files") { Description = "Write neither evidence nor report." };
    private readonly Option<bool> _keep = new("--keep") { Description = "Leave a lab with the same pods and policies up afterwards; 'ringfence lab down' ends it." };
    private readonly CommonOptions _common;
    private readonly Command _command = new("prove", "Run the workloads of manifests as network namespaces, enforce the policies, send real packets from every pod, and compare.");

    private ProveVerb()
    {
        foreach (var option in (Option[])[_plan, _nodes, _maxProbes, _v6, _dual, _expect, _noEnforce, _evidence, _report, _noFiles, _keep]) _command.Options.Add(option);
        _common = new CommonOptions(_command, rows: false, "The namespace of manifests that give none (default: default).", ["table", "wide", "json"]);
        _command.Validators.Add(result =>
        {
            if (result.GetValue(_v6) && result.GetValue(_dual)) result.AddError("--ipv6 and --dual-stack exclude each other");
            if (result.GetValue(_noFiles) && (result.GetValue(_evidence) ?? result.GetValue(_report)) is not null) result.AddError("--no-files and --evidence or --report exclude each other");
        });
        _command.SetAction(Run);
    }

    /// <summary>Makes the verb.</summary>
    public static Verb Create() => new(new ProveVerb()._command, Examples);

    private int Run(ParseResult parsed)
    {
        var choices = _common.Read(parsed);
        var (terminal, isPlan, keep) = (choices.Terminal, parsed.GetValue(_plan), parsed.GetValue(_keep));
        if (!isPlan) Requirements.LinuxAndRoot();
        if (keep) RequireRoomFor(choices);
        var lab = new LabOptions
        {
            Nodes = parsed.GetValue(_nodes),
            Families = parsed.GetValue(_dual) ? LabFamilies.Dual : parsed.GetValue(_v6) ? LabFamilies.V6 : LabFamilies.V4,
            Enforce = !parsed.GetValue(_noEnforce),
        };
        var inputs = ImmutableArray.CreateBuilder<FileDigest>();
        var input = ClusterInput.Load(choices, text => inputs.Add(new FileDigest(text.Name, Convert.ToHexStringLower(SHA256.HashData(text.Content.Span)))));
        if (input.HasErrors) throw new CommandException("the manifests have errors; nothing is proved");
        if (input.Snapshot.Pods.IsEmpty)
            throw new CommandException(
                "there is nothing to prove: the manifests have no pods and no workloads",
                "Name the manifests of the workloads as well, or a running cluster: ringfence prove … --context NAME");
        var expectations = parsed.GetValue(_expect) is { Length: > 0 } expected ? ProvedExpectations.Read(expected, choices, input) : null;
        if (isPlan) return Foresee(choices, lab, input, parsed.GetValue(_maxProbes), expectations);

        var name = NameOf(choices.Cluster?.Access.Name ?? choices.Files[0]);
        var files = parsed.GetValue(_noFiles) ? null : EvidenceFiles.Choose(name, parsed.GetValue(_evidence), parsed.GetValue(_report));
        files?.Prepare();
        var proof = new Proof { Name = name, Lab = lab, MaxProbes = parsed.GetValue(_maxProbes), Inputs = inputs.ToImmutable(), Expectations = expectations };
        EvidenceDocument document;
        using (var progress = new ProofProgress(terminal))
            document = proof.MakeAsync(input.Snapshot.Objects, note => terminal.Tell(Severity.Note, note), progress, CancellationToken.None).GetAwaiter().GetResult();

        files?.Write(document);
        Write(choices, document);
        if (files is not null) terminal.Tell(Severity.Note, $"evidence: {files.Json}, report: {files.Page}");
        if (keep && LeaveUp(parsed, choices, lab) is not ExitCode.Yes and var failed) return failed;
        var isBroken = document.Expectations?.Any(expectation => expectation.Result == ExpectationRecord.Failed) == true;
        return isBroken || document.Summary.Differ > 0 || document.Summary.Agree == 0 ? ExitCode.No : ExitCode.Yes;
    }

    private static int Foresee(Choices choices, LabOptions options, ClusterInput input, int maxProbes, ProvedExpectations? expectations)
    {
        var lab = LabPreview.Of(options, input.Snapshot.Objects);
        foreach (var note in lab.Notes) choices.Terminal.Tell(Severity.Note, note);
        new PlanOutput(choices).Write(ProbePlan.Create(lab.Reachability, new PlanOptions
        {
            MaxProbes = maxProbes, OutsideAddresses = lab.OutsideAddresses, Wanted = expectations?.Wanted(lab.Reachability, lab.OutsideAddresses) ?? [],
        }), lab);
        return ExitCode.Yes;
    }

    private static void Write(Choices choices, EvidenceDocument document)
    {
        var terminal = choices.Terminal;
        if (choices.Format == OutputFormat.Json)
        {
            using var json = new MemoryStream();
            EvidenceJson.Write(json, document);
            terminal.Out.Write(System.Text.Encoding.UTF8.GetString(json.GetBuffer().AsSpan(0, (int)json.Length)));
            terminal.Flush();
            return;
        }

        var isWide = choices.Format == OutputFormat.Wide;
        new ProofText(terminal, choices.Headers, isWide).Write(document);
        if (document.Expectations is { } expectations) ProvedText.Write(terminal, expectations);
        terminal.Flush();
        if (!document.Options.Enforced) terminal.Tell(Severity.Warning, "the policies were not enforced (--no-enforce)");
        if (document.Summary.Probes == 0) terminal.Tell(Severity.Warning, "nothing was proved: there is no pair of pods to probe");
        ProofText.TellLimits(terminal, document.Thinned, [.. document.NotCovered.Select(gap => (gap.What, gap.Why))], isWide);
    }

    /// <summary>Says before the proof what would keep a lab from being left up after it.</summary>
    private static void RequireRoomFor(Choices choices)
    {
        if (choices.Cluster is not null) throw new CommandException("--keep starts a lab from manifests, and a running cluster is none", "Name files with -f.");
        if (choices.Files.Contains("-")) throw new CommandException("--keep reads the manifests a second time, which standard input cannot give", "Name files with -f.");
        using var other = LabConnection.TryOpen(LabFolder.Of(new LabOptions().Name));
        if (other is not null) throw new CommandException("--keep cannot leave a lab up: one is up already", "Take it down:   ringfence lab down");
    }

    /// <summary>Starts a lab of the same pods and policies, as the user would.</summary>
    /// <returns>Its exit code.</returns>
    private static int LeaveUp(ParseResult parsed, Choices choices, LabOptions lab)
    {
        string[] words =
        [
            "lab", "up", .. choices.Files.SelectMany(file => (string[])["-f", file]), "--nodes", $"{lab.Nodes}",
            .. choices.Namespace is { } name ? ["-n", name] : (string[])[],
            .. lab.Families switch { LabFamilies.V6 => ["--ipv6"], LabFamilies.Dual => ["--dual-stack"], _ => (string[])[] },
            .. lab.Enforce ? [] : (string[])["--no-enforce"],
        ];
        return parsed.RootCommandResult.Command.Parse(words).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static string NameOf(string source)
    {
        var name = source == "-" ? "stdin" : Path.GetFileNameWithoutExtension(Path.GetFullPath(source).TrimEnd('/'));
        var clean = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')).Trim('-');
        return clean.Length == 0 ? "proof" : clean;
    }

    private const string Examples =
        """
        Workloads become pods that listen on the ports that they declare. A cell of the matrix shows the ports on which packets were let
        through, with ! where that is not what the policies say; every difference follows with both reasons.

        Examples:
          sudo ringfence prove -f examples/rag
          sudo ringfence prove -f examples/rag --nodes 3 --dual-stack
          sudo ringfence prove -f examples/rag --evidence rag.json --report rag.html
          sudo ringfence prove -f examples/rag --expect examples/rag
          sudo ringfence prove -f examples/rag --no-enforce
          ringfence prove -f examples/rag --plan

        Exit codes: 0 packets saw what the policies say, and what is expected; 1 some did not; 2 wrong usage or input; 3 the machine lacks something.
        """;
}
