using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Analysis;
using Ringfence.Lab.Daemon;

namespace Ringfence.Cli.Output;

/// <summary>Writes what labs answer, for people.</summary>
internal sealed class LabText(Terminal terminal)
{
    private const int MostOutside = 20;

    /// <summary>What came up, and what to do with it.</summary>
    public void WriteUp(LabStatus status, TimeSpan took)
    {
        terminal.Out.Write(string.Create(CultureInfo.InvariantCulture, $"lab {status.Name} is up after {took.TotalSeconds:0.0} s: {Summary(status)}\n"));
        terminal.Flush();
        foreach (var note in status.Notes) terminal.Tell(Model.Severity.Note, note);
        terminal.Error.WriteLine("Try:");
        foreach (var line in Suggestions(status)) terminal.Error.WriteLine($"  {line}");
    }

    /// <summary>What became of objects.</summary>
    public void Write(ChangesReply reply)
    {
        foreach (var change in reply.Changes)
            terminal.Out.Write($"{PlainText.Clean(change.Object.ToString())} {terminal.Paint(change.What, change.What switch { "deleted" => Style.Bad, "unchanged" => Style.Faint, _ => Style.Good })}\n");
        foreach (var note in reply.Notes) terminal.Tell(Model.Severity.Note, note);
    }

    /// <summary>The whole status.</summary>
    public void WriteStatus(LabStatus status)
    {
        terminal.Out.Write(string.Create(
            CultureInfo.InvariantCulture, $"lab {status.Name}: {Summary(status)}; {status.Families}, process {status.Process}, up since {status.Since.ToLocalTime():yyyy-MM-dd HH:mm:ss}\n"));
        if (status.Kubeconfig.Length > 0) terminal.Out.Write($"kubectl  --kubeconfig {status.Kubeconfig}\n");
        terminal.Out.Write('\n');
        Table(["NODE", "ADDRESS", "PODS", "TABLE", "CHAINS", "SETS", "ELEMENTS", "DENIED"], status.Nodes.Select(node => (IReadOnlyList<Cell>)
            [Plain(node.Name), Joined(node.Addresses), Number(node.Pods), Plain(node.Table ?? "not enforced"), Number(node.Chains), Number(node.Sets), Number(node.Elements), Number(node.DeniedPackets)]));
        Table(["POD", "READY", "ADDRESS", "NODE", "LISTENS ON"], status.Pods.Select(pod => (IReadOnlyList<Cell>)
        [
            Plain($"{pod.Namespace}/{pod.Name}"), new Cell(pod.Ready ? "yes" : "no", pod.Ready ? Style.Good : Style.Bad),
            Joined(pod.Addresses), Plain(pod.Node), Joined(pod.Ports),
        ]));
        Table(["SERVICE", "TYPE", "ADDRESS", "PORTS", "ENDPOINTS"], status.Services.Select(service => (IReadOnlyList<Cell>)
            [Plain($"{service.Namespace}/{service.Name}"), Plain(service.Type), Joined(service.Addresses), Joined(service.Ports), Number(service.Endpoints)]));
        Table(["DENIED BY", "ON", "FOR", "OF", "PACKETS"], status.Denied.Select(denied => (IReadOnlyList<Cell>)
            [Joined(denied.Policies), Plain(denied.Node), Plain(denied.Direction), Few(denied.Pods), Number(denied.Packets)]));
        Table([status.Enforced ? "POLICY IN FORCE" : "POLICY (NOT ENFORCED)", "ISOLATES FOR", "PODS"], status.Policies.Select(policy => (IReadOnlyList<Cell>)
            [Plain($"{policy.Namespace}/{policy.Name}"), Joined(policy.Directions), Number(policy.Pods)]));
        var others = status.Outside.Length > MostOutside ? $" and {status.Outside.Length - MostOutside} more (-o json has all)" : "";
        terminal.Out.Write($"outside  {string.Join(", ", status.Outside.Take(MostOutside))}{others}\n");
        terminal.Flush();
        foreach (var note in status.Notes) terminal.Tell(Model.Severity.Note, note);
    }

    /// <summary>The labs that run.</summary>
    public void WriteList(IReadOnlyList<LabStatus> labs) => new TextTable(terminal, ["LAB", "NODES", "PODS", "POLICIES", "UP SINCE", "PROCESS"]).Write(labs.Select(lab => (IReadOnlyList<Cell>)
    [
        Plain(lab.Name), Number(lab.Nodes.Length), Number(lab.Pods.Length), Number(lab.Policies.Length),
        Plain(lab.Since.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)), Number(lab.Process),
    ]));

    private static string Summary(LabStatus status) =>
        $"{Counted.Of(status.Nodes.Length, "node")}, {Counted.Of(status.Pods.Length, "pod")}, {Counted.Of(status.Services.Length, "Service")}, "
        + $"{Counted.Of(status.Policies.Length, "NetworkPolicy", "NetworkPolicies")} {(status.Enforced ? "in force" : "not enforced")}";

    private static IEnumerable<string> Suggestions(LabStatus status)
    {
        var option = LabConnection.Option(status.Name);
        if (status.Kubeconfig.Length > 0) yield return $"kubectl --kubeconfig {status.Kubeconfig} get pods -A -o wide";
        yield return $"ringfence lab status{option}";
        foreach (var suggestion in status.Suggestions)
            yield return $"ringfence lab exec{option} {suggestion.Pod} -- curl -sS --max-time 3 {suggestion.Url}   # {(suggestion.Allowed || !status.Enforced ? "allowed" : "denied")}";

        if (status.Enforced && !status.Policies.IsEmpty) yield return $"ringfence lab flows{option} --follow";
        if (status.Policies.IsEmpty) yield return $"ringfence lab apply{option} -f policy.yaml";
        yield return $"ringfence lab down{option}";
    }

    private void Table(string[] headers, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        new TextTable(terminal, headers).Write(all);
        terminal.Out.Write('\n');
    }

    private static Cell Plain(string text) => new(text, Style.Plain);

    private static Cell Few(ImmutableArray<string> parts) => Plain(parts.Length == 1 ? parts[0] : Counted.Of(parts.Length, "pod"));

    private static Cell Number(long number) => Plain(number.ToString(CultureInfo.InvariantCulture));

    private static Cell Joined(ImmutableArray<string> parts) => Plain(string.Join(", ", parts));
}
