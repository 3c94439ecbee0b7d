using System.Collections.Immutable;
using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Lab.Daemon;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab delete</c>: takes objects out of a lab.</summary>
internal static class LabDeleteVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("delete", "Take objects out of a lab: those that manifests have, or one by its kind and name.");
        var kind = new Argument<string?>("KIND") { Description = "The kind: netpol, deploy, pod, svc, ns, …", Arity = ArgumentArity.ZeroOrOne };
        var names = new Argument<string[]>("NAME") { Description = "ns/name, or name with -n.", Arity = ArgumentArity.ZeroOrMore };
        command.Arguments.Add(kind);
        command.Arguments.Add(names);
        var manifests = new LabManifests(command, "Manifests whose objects are deleted");
        var lab = new LabArguments(command);
        command.SetAction(parsed =>
        {
            var terminal = lab.Terminal(parsed);
            using var connection = lab.Connect(parsed, terminal);
            var named = Names(parsed.GetValue(kind), parsed.GetValue(names)!, manifests.Namespace(parsed) ?? "default");
            var sent = manifests.Read(parsed, terminal, isRequired: named.IsEmpty);
            new LabText(terminal).Write((ChangesReply)connection.Ask(new DeleteRequest(sent, named)));
            terminal.Flush();
            return ExitCode.Yes;
        });
        return new Verb(command, Examples);
    }

    private static ImmutableArray<ObjectName> Names(string? kind, string[] names, string @namespace)
    {
        if (kind is null) return [];
        if (names.Length == 0) throw new CommandException($"which {kind}? Name it: ringfence lab delete {kind} NAMESPACE/NAME");
        var expanded = ObjectKinds.Expand(kind) ?? throw new CommandException($"'{kind}' is not a kind that a lab has", $"Kinds: {ObjectKinds.Names}");
        return [.. names.Select(name => Name(expanded, name, @namespace))];
    }

    private static ObjectName Name(string kind, string name, string @namespace) => name.Split('/') switch
    {
        [var own] when ObjectKinds.IsClusterScoped(kind) => new ObjectName(kind, "", own),
        [var own] => new ObjectName(kind, @namespace, own),
        [var above, var own] when !ObjectKinds.IsClusterScoped(kind) => new ObjectName(kind, above, own),
        _ => throw new CommandException($"'{name}' is not the name of a {kind}"),
    };

    private const string Examples =
        """
        A namespace takes with it all that is in it.

        Examples:
          sudo ringfence lab delete -f policy.yaml
          sudo ringfence lab delete netpol ai-platform/deny-all
          sudo ringfence lab delete -n ai-platform deploy chat-ui rag-api
          sudo ringfence lab delete ns ml-ops
        """;
}
