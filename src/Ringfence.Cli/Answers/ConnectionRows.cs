using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Analysis.Exposure;
using Ringfence.Cli.CommandLine;
using Ringfence.Engine;

namespace Ringfence.Cli.Answers;

/// <summary>One line of a list of connections.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Destination">The destination.</param>
/// <param name="Reach">What is open.</param>
/// <param name="From">The source; null for an ingress controller.</param>
internal sealed record ConnectionRow(string Source, ViewEntry Destination, Reach Reach, ViewEntry? From)
{
    /// <summary>How lists call a controller that serves Ingresses and is not in the input.</summary>
    public const string IngressController = "{ingress-controller}";

    /// <summary>The source's kind.</summary>
    public string SourceKind => From?.Kind ?? "IngressController";
}

/// <summary>The connections that the user wants to see.</summary>
internal sealed class ConnectionRows(ClusterView view, RowFilter filter)
{
    /// <summary>The workloads that the list is about (<c>--focus</c>); null for all that the filter wants.</summary>
    public IReadOnlySet<ViewEntry>? Focus { get; init; }

    /// <summary>Only what comes into the subject, or only what goes out; null for both.</summary>
    public Model.Direction? Direction { get; init; }

    /// <summary>The rows: connections between workloads and with the outside by source and destination, then those of ingress controllers.</summary>
    public IEnumerable<ConnectionRow> All()
    {
        var subjects = Focus is null && filter.IsOpen ? null : view.Workloads.Where(IsSubject).ToHashSet();
        foreach (var connection in view.Connections(focus: subjects))
            if (IsWanted(connection.Source, connection.Destination))
                yield return new ConnectionRow(connection.Source.Name, connection.Destination, connection.Reach, connection.Source);
        foreach (var (destination, reach) in Engine.Openings.FromIngressController(view))
            if (!reach.Possible.IsEmpty && IsWanted(null, destination))
                yield return new ConnectionRow(ConnectionRow.IngressController, destination, reach, null);
    }

    /// <summary>What Ingresses and Services open to the outside, as far as it leads to what the user wants to see.</summary>
    public ImmutableArray<Opening> Openings() => Direction == Model.Direction.Egress
        ? []
        : [.. Engine.Openings.Find(view).Where(opening => opening.Destination is null ? Focus is null && filter.IsOpen : IsSubject(opening.Destination))];

    /// <summary>Whether what is open to namespaces and pods that are not there yet is asked about as well (<c>--exposure</c>).</summary>
    public bool WithExposure { get; init; }

    /// <summary>What is open to namespaces and pods that are not there yet: what comes in, then what goes out.</summary>
    public IEnumerable<ExposureLine> Exposure()
    {
        var analysis = new ExposureAnalysis(view);
        foreach (var direction in (Model.Direction[])[Model.Direction.Ingress, Model.Direction.Egress])
            if (WithExposure && (Direction is null || Direction == direction))
                foreach (var line in analysis.Lines(direction, IsSubject)) yield return line;
    }

    /// <summary>Finds the workloads that <c>--focus</c> names.</summary>
    /// <exception cref="CommandException">There is no such workload.</exception>
    public static IReadOnlySet<ViewEntry>? FindFocus(ClusterView view, IReadOnlyList<string> names, string defaultNamespace)
    {
        if (names.Count == 0) return null;
        var finder = new EndpointFinder(view.Reachability.Snapshot);
        var pods = new HashSet<int>();
        foreach (var name in names)
        {
            if (EndpointSyntax.Parse(name, defaultNamespace) is not NamedText { Port: null } named)
                throw new CommandException($"--focus takes a workload or pod (ns/name), and '{name}' is none");
            pods.UnionWith(finder.FindPods(named).Pods);
        }

        return view.Workloads.Where(entry => entry.Pods.Any(pods.Contains)).ToHashSet();
    }

    private bool IsWanted(ViewEntry? source, ViewEntry destination) =>
        (Direction != Model.Direction.Ingress && source is not null && IsSubject(source))
        || (Direction != Model.Direction.Egress && IsSubject(destination));

    private bool IsSubject(ViewEntry entry) => (Focus is null || Focus.Contains(entry)) && filter.Wants(entry);
}
