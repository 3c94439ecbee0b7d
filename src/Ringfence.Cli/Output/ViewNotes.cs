using Ringfence.Analysis;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>What the reader of a table of workloads should know, told on standard error.</summary>
internal sealed class ViewNotes(Terminal terminal, ClusterView view)
{
    private const int MostNames = 5;
    private long _unknown;

    /// <summary>Counts a connection, or a cell, that the input does not decide.</summary>
    public void Count(Reach reach)
    {
        if (!reach.IsCertain) _unknown++;
    }

    /// <inheritdoc cref="Count(Reach)"/>
    public void CountUnknown() => _unknown++;

    /// <summary>Says why an answer is empty, where no workload is asked about.</summary>
    /// <param name="wants">Whether an entry is asked about.</param>
    /// <param name="namespace">The namespace asked about; null for all.</param>
    public void TellIfNone(Func<ViewEntry, bool> wants, string? @namespace)
    {
        if (view.Workloads.Any(wants)) return;
        terminal.Tell(Severity.Note,
            view.Workloads.IsEmpty ? "the input has no workloads and no pods"
            : @namespace is not null && view.Reachability.Snapshot.FindNamespace(@namespace) is null ? $"the input has no namespace {@namespace}"
            : "no workload of the input matches -n and -l");
    }

    /// <summary>Tells the notes.</summary>
    public void Tell()
    {
        var host = view.Workloads.Where(entry => entry.HostNetwork).Select(entry => entry.Name).ToList();
        if (host.Count > 0)
            terminal.Tell(Severity.Note,
                $"no policy selects pods on their node's network: {Some(host)}; that a pod and its own node always reach each other is not shown");
        if (_unknown == 0) return;
        terminal.Tell(Severity.Warning,
            $"{Counted.Of(_unknown, "connection")} cannot be decided from this input; 'ringfence can SRC DST:PORT' says what is missing");
        var snapshot = view.Reachability.Snapshot;
        var unaddressed = view.Workloads.Where(entry => entry.Pods.Any(pod => snapshot.Pods[pod].Pod.Addresses.IsEmpty)).Select(entry => entry.Name).ToList();
        if (unaddressed.Count > 0 && HasBlocks(snapshot))
            terminal.Tell(Severity.Note,
                $"the input has no pod addresses of {Some(unaddressed)}, so an ipBlock of private addresses may hold them; 'kubectl get pods -o json' has addresses");
        var undeclared = snapshot.Namespaces.Where(known => !known.Declared).Select(known => known.Name).ToList();
        if (undeclared.Count > 0)
            terminal.Tell(Severity.Note,
                $"the input uses {(undeclared.Count == 1 ? "a namespace" : "namespaces")} that it does not declare, so only the label kubernetes.io/metadata.name is known: {Some(undeclared)}");
    }

    private static bool HasBlocks(Snapshot snapshot) => snapshot.Objects.NetworkPolicies
        .SelectMany(policy => policy.Ingress.Concat(policy.Egress))
        .Any(rule => rule.Peers.Any(peer => peer.IpBlock is not null));

    private static string Some(List<string> names) =>
        string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
}
