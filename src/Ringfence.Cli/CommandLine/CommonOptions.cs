using System.CommandLine;
using Ringfence.Analysis.Endpoints;
using Ringfence.Cli.Input.Live;
using Ringfence.Cli.Output;

namespace Ringfence.Cli.CommandLine;

/// <summary>The options that verbs share, in kubectl's spelling.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string[]> _files = new("--filename", "-f")
    {
        Description = "Manifests to read: a file, a folder (recursive), or - for standard input. May be repeated.",
        HelpName = "FILE|DIR|-",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _namespace = new("--namespace", "-n") { HelpName = "NAME" };

    private readonly Option<bool> _allNamespaces = new("--all-namespaces", "-A");

    private readonly Option<string?> _selector = new("--selector", "-l")
    {
        Description = "Show only workloads whose pods have these labels, e.g. -l 'app=web,tier in (front,back)'.",
        HelpName = "SELECTOR",
    };

    private readonly Option<string> _output;

    private readonly Option<bool> _noHeaders = new("--no-headers") { Description = "Leave the headers of tables and CSV out." };

    private readonly Option<bool> _noColour = new("--no-color") { Description = "Never colour. NO_COLOR in the environment says the same." };

    private readonly Option<bool> _debug = new("--debug") { Description = "Show the stack trace where something goes wrong inside." };

    private readonly Option<bool> _strictCidr = new("--strict-cidr")
    {
        Description = "Check CIDRs as Kubernetes 1.36 does (true), or as the releases before (false).",
        HelpName = "true|false",
        DefaultValueFactory = _ => true,
    };

    private readonly bool _rows;
    private readonly bool _needsFiles;
    private readonly LiveOptions _live;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="rows">Whether it lists workloads, so that they can be chosen with -n, -A and -l and drawn as a picture.</param>
    /// <param name="namespaceMeaning">What <c>-n</c> does there.</param>
    /// <param name="formats">The forms of the answer, the usual one first; null for those of all verbs.</param>
    /// <param name="filesMeaning">What <c>-f</c> is for where it need not be given; null where it must, or a running cluster is read.</param>
    /// <param name="live">When it reads a running cluster.</param>
    public CommonOptions(
        Command command, bool rows, string namespaceMeaning, string[]? formats = null, string? filesMeaning = null, LiveUse live = LiveUse.Otherwise)
    {
        _rows = rows;
        _needsFiles = filesMeaning is null;
        if (filesMeaning is not null) _files.Description = filesMeaning;
        var names = formats ?? OutputFormats.Names(withGraphs: rows);
        _output = new Option<string>("--output", "-o")
        {
            Description = "The form of the answer.",
            HelpName = string.Join('|', names),
            DefaultValueFactory = _ => names[0],
        };
        _output.AcceptOnlyFromAmong(names);
        _namespace.Description = namespaceMeaning;
        command.Options.Add(_files);
        _live = new LiveOptions(command, live);
        command.Options.Add(_namespace);
        _allNamespaces.Description = rows
            ? "Show all namespaces, even with -n. Of a running cluster, read all of them or nothing."
            : "Of a running cluster, mean all namespaces, even with -n, and read all of them or nothing; without, one is read alone where you may not read all.";
        command.Options.Add(_allNamespaces);
        if (rows) command.Options.Add(_selector);

        command.Options.Add(_output);
        command.Options.Add(_noHeaders);
        command.Options.Add(_noColour);
        command.Options.Add(_strictCidr);
        command.Options.Add(_debug);
    }

    /// <summary>Reads what the user chose.</summary>
    /// <param name="parsed">What the user wrote.</param>
    /// <param name="needsInput">Whether a running cluster is read where neither it nor manifests are named.</param>
    /// <exception cref="CommandException">No file is given and no cluster is there, or the selector cannot be read.</exception>
    /// <exception cref="Kubernetes.Client.ClusterException">The kubeconfig is wrong.</exception>
    public Choices Read(ParseResult parsed, bool needsInput = true)
    {
        var files = parsed.GetValue(_files)!;
        var cluster = _live.Read(parsed, files.Length > 0, needsInput);
        if (files.Length == 0 && cluster is null && _needsFiles) throw NoFiles(parsed.CommandResult.Command.Name);
        return Read(parsed, files, cluster);
    }

    /// <summary>Reads what the user chose for something that needs no manifests.</summary>
    public Choices ReadWithoutFiles(ParseResult parsed) => Read(parsed, [], null);

    private Choices Read(ParseResult parsed, string[] files, LiveCluster? cluster)
    {
        var selector = _rows ? parsed.GetValue(_selector) : null;
        return new Choices
        {
            Files = files,
            Cluster = cluster,
            Context = _live.Context(parsed),
            Kubeconfig = _live.Kubeconfig(parsed),
            Namespace = parsed.GetValue(_namespace),
            AllNamespaces = parsed.GetValue(_allNamespaces),
            Selector = selector is null ? null : SelectorSyntax.Parse(selector),
            Format = OutputFormats.Parse(parsed.GetValue(_output)!),
            Headers = !parsed.GetValue(_noHeaders),
            StrictCidr = parsed.GetValue(_strictCidr),
            Terminal = new Terminal(parsed.GetValue(_noColour)),
        };
    }

    /// <summary>What is said where manifests are needed and none are named.</summary>
    public static CommandException NoFiles(string verb) => new(
        "no manifests given: name them with -f FILE, -f DIR or -f -",
        "A running cluster is read where there is a kubeconfig: --kubeconfig FILE or the variable KUBECONFIG names one, --context one of its clusters.",
        "What another kubectl sees can be piped:",
        $"  {KubectlGet} | ringfence {verb} … -f -");

    private const string KubectlGet =
        "kubectl get ns,nodes,pods,deploy,sts,ds,rs,jobs,cj,svc,endpointslices,ing,netpol -A -o json";
}
