using System.Collections.Immutable;
using System.CommandLine;
using Ringfence.Analysis.Generation;
using Ringfence.Analysis.Generation.Templates;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;

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

    private readonly Option<string[]> _expectations = Files("--expectations", "Expectations, as 'test' reads them: what they allow is wanted.");
    private readonly Option<string[]> _observed = Files("--observed", "A log of connections: of 'lab flows -o json', 'conntrack -L' or 'hubble observe -o jsonpb'. What was let through is wanted.");

    private readonly Option<string?> _template = new("--template")
    {
        Description = "Policies for what many people run, with the workloads that are found, or with placeholders where no manifests are given.",
        HelpName = string.Join('|', Template.All.Select(template => template.Name)),
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Which workload, or CIDR, plays a part of the template, e.g. --set llm=models/vllm:8000. May be repeated.",
        HelpName = "PART=NAME",
        DefaultValueFactory = _ => [],
    };

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
        _template.AcceptOnlyFromAmong([.. Template.All.Select(template => template.Name)]);
        foreach (var option in (Option[])[_flowFiles, _mermaid, _expectations, _observed, _template, _set, _isolate, _noDns, _keepExisting, _out, _force]) command.Options.Add(option);
        _common = new CommonOptions(command, rows: false, "The namespace of names, and of manifests, that give none (default: default).", ["yaml", "json"],
            "Manifests of the cluster: a file, a folder (recursive), or - for standard input. May be repeated; only a template does without.");
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
        var choices = _common.Read(parsed, needsInput: parsed.GetValue(_template) is null);
        var sources = new FlowSources(choices)
        {
            Flows = parsed.GetValue(_flows)!,
            FlowFiles = parsed.GetValue(_flowFiles)!,
            Mermaid = parsed.GetValue(_mermaid)!,
            Expectations = parsed.GetValue(_expectations)!,
            Observed = parsed.GetValue(_observed)!,
            Template = parsed.GetValue(_template),
            Settings = parsed.GetValue(_set)!,
        };
        sources.Check();
        var folder = parsed.GetValue(_out) is { } path ? new PolicyFolder(path, parsed.GetValue(_force), choices.Format) : null;
        var input = choices.HasInput ? ClusterInput.Load(choices) : null;
        var template = sources.FillTemplate(input?.Snapshot);
        var snapshot = input?.Snapshot ?? template!.Snapshot;
        var wanted = WantedFlows.Join([sources.Read(snapshot), .. template is null ? Array.Empty<WantedFlows>() : [template.Flows]]);
        if (wanted.Items.Count == 0 && template is null) throw new CommandException("no flow was found, so there is nothing to open", [.. wanted.Notes]);
        string[] isolate = parsed.GetValue(_isolate)!;
        var generation = PolicyGenerator.Generate(snapshot, wanted.Items, new GenerationOptions
        {
            Isolate = isolate.Length == 0 && template is not null ? template.Isolate : isolate,
            AllowDns = !parsed.GetValue(_noDns),
            KeepExisting = parsed.GetValue(_keepExisting),
        });
        Write(template?.Marked(generation.Policies) ?? generation.Policies, folder, choices);
        new GenerationReport(choices.Terminal).Write(generation, wanted.Notes, parsed.GetValue(_keepExisting));
        var code = generation.IsExact ? ExitCode.Yes : ExitCode.No;
        return input?.Code(code) ?? code;
    }

    private static void Write(ImmutableArray<GeneratedPolicy> policies, PolicyFolder? folder, Choices choices)
    {
        if (folder is not null)
        {
            folder.Write(policies, choices.Terminal);
        }
        else if (choices.Format == OutputFormat.Json)
        {
            using var writer = choices.Structured();
            PolicyManifests.WriteJson(writer, policies);
        }
        else
        {
            PolicyManifests.WriteYaml(choices.Terminal.Out, policies);
        }

        choices.Terminal.Flush();
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
          kubectl exec ds/cilium -n kube-system -- hubble observe -o jsonpb | ringfence generate -f cluster.json --observed -
          ringfence generate --template agent-sandbox -n agents --set allow=0.0.0.0/0:443
          ringfence list -f examples/rag -o mermaid | ringfence generate -f examples/rag --mermaid -

        Exit codes: 0 exactly what is wanted is open; 1 something could not be had, or more is open; 2 wrong usage or input.
        """;
}
