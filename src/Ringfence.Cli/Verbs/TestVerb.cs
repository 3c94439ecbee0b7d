using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Ringfence.Analysis.Expectations;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Input.Live;
using Ringfence.Cli.Output;
using Ringfence.Cli.Testing;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>test</c>: whether expectations about flows hold.</summary>
internal sealed class TestVerb
{
    // A change is seen after this time at the latest.
    private static readonly TimeSpan Looking = TimeSpan.FromMilliseconds(200);

    private readonly Argument<string[]> _files = new("FILE|DIR")
    {
        Description = $"Files of expectations, or folders with files *{ExpectationFiles.Endings[0]} (default: the folders of -f; with --context, the objects of the cluster; else this folder).",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _coverage = new("--coverage") { Description = "Also say which rules no expectation exercises, and which open pairs none mentions." };
    private readonly Option<bool> _watch = new("--watch") { Description = "Test again whenever a file changes, until Ctrl-C." };
    private readonly Option<string?> _write = new("--write")
    {
        Description = "Propose expectations from what is open today: print them, or write them into a new FILE.",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _schema = new("--schema") { Description = "Print the JSON Schema of such files, for editors." };
    private readonly CommonOptions _common;
    private readonly Command _command = new("test", "Test expectations about flows: unit tests of policies, in a small YAML file beside them.");

    private TestVerb()
    {
        _command.Arguments.Add(_files);
        foreach (var option in (Option[])[_coverage, _watch, _write, _schema]) _command.Options.Add(option);
        _common = new CommonOptions(_command, rows: false, "The namespace of names, and of manifests, that give none (default: default); of a cluster's expectations, those of this namespace.", ["table", "json", "yaml", "md", "junit", "tap"],
            "Manifests to test, in place of those that the expectations name: a file, a folder (recursive), or - for standard input. May be repeated.", LiveUse.Named);
        _command.Validators.Add(result =>
        {
            if (result.GetResult(_write) is not null && (result.GetValue(_watch) || result.GetValue(_coverage))) result.AddError("--write stands without --watch and --coverage");
        });
        _command.SetAction(Run);
    }

    /// <summary>Makes the verb.</summary>
    public static Verb Create() => new(new TestVerb()._command, Examples);

    private int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_schema)) return PrintSchema();
        var choices = _common.Read(parsed);
        if (parsed.GetResult(_write) is not null) return Propose(choices, parsed.GetValue(_write));
        var paths = parsed.GetValue(_files)!;
        if (paths.Length == 0 && choices.Cluster is { } cluster && !parsed.GetValue(_watch))
            return Test(ClusterExpectations.Read(cluster, choices), choices, parsed.GetValue(_coverage)).Code;
        if (paths.Length == 0) paths = [.. choices.Files.Where(file => file != "-").Select(file => Directory.Exists(file) ? file : FolderOf(file)).Distinct()];
        if (paths.Length == 0) paths = ["."];
        if (!parsed.GetValue(_watch)) return Test(ExpectationFiles.ReadAll(paths, choices.NamespaceOfNames), choices, parsed.GetValue(_coverage)).Code;
        if (choices.Files.Contains("-")) throw new CommandException("--watch cannot read standard input again", "Name files with -f.");
        if (choices.Cluster is not null) throw new CommandException("--watch follows files, not a running cluster");
        return Watch(paths, choices, parsed.GetValue(_coverage));
    }

    private static TestRun Test(IEnumerable<ReadExpectations> expectations, Choices choices, bool withCoverage)
    {
        var run = TestRun.Of(expectations, choices, withCoverage);
        switch (choices.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                TestRecord.Write(choices, run);
                break;
            case OutputFormat.Md:
                TestMarkdown.Write(choices, run);
                break;
            case OutputFormat.Junit:
                TestJUnit.Write(choices.Terminal.Out, run);
                break;
            case OutputFormat.Tap:
                TestTap.Write(choices.Terminal.Out, run);
                break;
            default:
                new TestText(choices).Write(run);
                break;
        }

        choices.Terminal.Flush();
        return run;
    }

    private static int Watch(string[] paths, Choices choices, bool withCoverage)
    {
        using var stop = new ManualResetEventSlim();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            stop.Set();
        });
        while (true)
        {
            var stamps = FileStamps.Of(Watched(paths, choices));
            var code = ExitCode.Unusable;
            try
            {
                code = Test(ExpectationFiles.ReadAll(paths, choices.NamespaceOfNames), choices, withCoverage).Code;
            }
            catch (CommandException problem)
            {
                // The user is at work on the files: what is wrong now may be right at the next look.
                choices.Terminal.Tell(Severity.Error, problem.Message);
            }

            choices.Terminal.Tell(Severity.Note, "waiting for a change; Ctrl-C ends");
            while (FileStamps.Of(Watched(paths, choices)).AreThoseOf(stamps))
                if (stop.Wait(Looking)) return code;
            if (stop.IsSet) return code;
            choices.Terminal.Out.Write('\n');
        }
    }

    // The expectations, and the manifests that they are about.
    private static string[] Watched(string[] paths, Choices choices)
    {
        try
        {
            return [.. paths, .. ExpectationFiles.Find(paths)
                .SelectMany(file => ExpectationFiles.Read(file, "default").Set is { } set ? TestRun.ManifestsOf(file, set, choices) : []).Distinct()];
        }
        catch (CommandException)
        {
            return paths;
        }
    }

    private static int Propose(Choices choices, string? file)
    {
        if (!choices.HasInput) throw new CommandException("--write needs manifests: name them with -f FILE, -f DIR or -f -, or a running cluster with --context NAME");
        if (file is not null && File.Exists(file))
            throw new CommandException($"{file} exists already, and may hold what somebody wrote", "Write into a new file, or print with --write alone.");
        var input = ClusterInput.Load(choices);
        var proposal = ExpectationProposal.Of(ClusterView.Create(input.Reachability));
        foreach (var what in proposal.LeftOut) choices.Terminal.Tell(Severity.Warning, $"nothing is proposed for {what}");
        if (proposal.Cases.IsEmpty) throw new CommandException("there is nothing to expect: the manifests have no pods and no workloads");
        var folder = file is null ? "." : FolderOf(file);
        var text = ExpectationsYaml.Write(new ExpectationSet(proposal.Cases) { Manifests = [.. choices.Files.Where(path => path != "-").Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))] });
        if (file is null)
        {
            choices.Terminal.Out.Write(text);
            choices.Terminal.Flush();
        }
        else
        {
            try
            {
                File.WriteAllText(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"cannot write {file}: {problem.Message}");
            }

            choices.Terminal.Tell(Severity.Note, $"{file}: {Analysis.Counted.Of(proposal.Cases.Length, "case")} of what is open today; read them, and keep what is meant");
        }

        return input.Code(ExitCode.Yes);
    }

    private static int PrintSchema()
    {
        using var schema = typeof(TestVerb).Assembly.GetManifestResourceStream("expectations.v1alpha1.schema.json")!;
        var terminal = new Terminal(noColour: true);
        using var reader = new StreamReader(schema);
        terminal.Out.Write(reader.ReadToEnd());
        terminal.Flush();
        return ExitCode.Yes;
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(file) is { Length: > 0 } folder ? folder : ".";

    private const string Examples =
        """
        A file of expectations names its cases; each has entries of allow, deny or only ("these and nobody else"), with from, to
        and ports. It is about the manifests in its own folder, those it names, or those of -f. With --context and without a file,
        the objects of kind Expectations of the cluster are tested, of all namespaces or that of -n.

        Examples:
          ringfence test examples/rag
          ringfence test examples/rag/expectations.yaml -f rendered.yaml
          ringfence test -f examples/rag --coverage
          ringfence test examples/rag -o junit > report.xml
          ringfence test examples/rag --watch
          ringfence test --context production -n shop
          ringfence test -f examples/rag --write
          ringfence test --schema > expectations.schema.json

        Exit codes: 0 all pass; 1 some fail; 2 the input cannot be read, names what is not there, or does not decide.
        """;
}
