using System.CommandLine;
using Ringfence.Analysis;
using Ringfence.Analysis.Generation;
using Ringfence.Analysis.Generation.Mermaid;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>generate</c>: policies that open exactly the wanted flows.</summary>
internal sealed class GenerateVerb
{
    private readonly Argument<string[]> _flows = new("FLOW")
    {
        Description = "A wanted flow: 'SRC -> DST:PORT'. May be repeated.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _flowFiles = Files("--flows", "Wanted flows, one a line, # for comments.");
    private readonly Option<string[]> _mermaid = Files("--mermaid", "A mermaid flowchart: its arrows are wanted flows, their labels the ports.");

    private readonly Option<string[]> _isolate = new("--isolate")
    {
        Description = "A namespace to make policies for; usually those of the flows' ends, kube-system not among them. May be repeated.",
        HelpName = "NAME",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _noDns = new("--no-dns") { Description = "Make no policy that lets pods look up names." };

    private readonly Option<bool> _keepExisting = new("--keep-existing")
    {
        Description = "Check the new policies beside those that the namespaces have already; usually in their place.",
    };

    private readonly Option<string?> _out = new("--out") { Description = "Write a file for each namespace into this folder.", HelpName = "DIR" };
    private readonly Option<bool> _force = new("--force") { Description = "With --out, replace files that are there." };
    private readonly CommonOptions _common;

    private GenerateVerb(Command command)
    {
        command.Arguments.Add(_flows);
        foreach (var option in (Option[])[_flowFiles, _mermaid, _isolate, _noDns, _keepExisting, _out, _force]) command.Options.Add(option);
        _common = new CommonOptions(command, rows: false, "The namespace of names, and of manifests, that give none (default: default).", ["yaml", "json"]);
        command.SetAction(Run);
    }

    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("generate", "Least-privilege policies from the flows that you want, checked.");
        _ = new GenerateVerb(command);
        return new Verb(command, Examples);
    }

    private int Run(ParseResult parsed)
    {
        var choices = _common.Read(parsed);
        var sources = new FlowSources(choices)
        {
            Flows = parsed.GetValue(_flows)!,
            FlowFiles = parsed.GetValue(_flowFiles)!,
            Mermaid = parsed.GetValue(_mermaid)!,
        };
        sources.Check();
        var folder = parsed.GetValue(_out) is { } path ? new PolicyFolder(path, parsed.GetValue(_force), choices.Format) : null;
        var input = ClusterInput.Load(choices);
        var wanted = sources.Read(input.Snapshot);
        var generation = PolicyGenerator.Generate(input.Snapshot, wanted.Items, new GenerationOptions
        {
            Isolate = parsed.GetValue(_isolate)!,
            AllowDns = !parsed.GetValue(_noDns),
            KeepExisting = parsed.GetValue(_keepExisting),
        });
        if (folder is not null)
        {
            folder.Write(generation.Policies, choices.Terminal);
        }
        else if (choices.Format == OutputFormat.Json)
        {
            using var writer = choices.Structured();
            PolicyManifests.WriteJson(writer, generation.Policies);
        }
        else
        {
            PolicyManifests.WriteYaml(choices.Terminal.Out, generation.Policies);
        }

        choices.Terminal.Flush();
        new GenerationReport(choices.Terminal).Write(generation, wanted.Notes, parsed.GetValue(_keepExisting));
        return input.Code(generation.IsExact ? ExitCode.Yes : ExitCode.No);
    }

    private static Option<string[]> Files(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "FILE|-",
        DefaultValueFactory = _ => [],
    };

    private const string Examples =
        """
        Each namespace that the flows touch gets a policy that denies everything, one for DNS that means the cluster's own DNS
        pods, and one for every workload with a flow: its ingress and its egress. Ports are the pods' own, also where a Service
        is named. Labels are those that stay from one rollout to the next. The policies go to standard output; what the engine
        says of them to standard error.

        An end is ns/name, ns/kind/name, name (with -n), ns/* for every pod of a namespace, */* for every pod, an IP, a CIDR,
        external for every address outside, everyone for all of these, and as a destination svc/ns/name. Ports are 80,
        8000-8010, 53/udp, a port's name, all; without one those that the destination declares.

        Examples:
          ringfence generate -f examples/rag -n ai-platform 'chat-ui -> rag-api:8000' 'rag-api -> vector-db:6333'
          ringfence generate -f examples/rag -n ai-platform 'rag-api -> svc/vector-db, 203.0.113.0/24:443' --out policies
          ringfence generate -f examples/rag --flows wanted.txt -o json | kubectl apply -f -
          ringfence list -f examples/rag -o mermaid | ringfence generate -f examples/rag --mermaid -

        Exit codes: 0 exactly what is wanted is open; 1 something could not be had, or more is open; 2 wrong usage or input.
        """;
}
