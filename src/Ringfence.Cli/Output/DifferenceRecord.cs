using Ringfence.Analysis.Differences;
using Ringfence.Cli.Input;
using Ringfence.Engine;

namespace Ringfence.Cli.Output;

/// <summary>Differences for machines.</summary>
internal sealed class DifferenceRecord(StructuredWriter writer, ClusterDifference difference)
{
    /// <summary>The columns of CSV.</summary>
    public static readonly string[] Columns = ["change", "source", "destination", "before", "after", "beforeUnknown", "afterUnknown", "causes", "locations"];

    /// <summary>One change as a row of CSV.</summary>
    public static IReadOnlyList<string> Row(ConnectionChange change, ChangeReason reason) =>
    [
        DifferenceOutput.Word(change.Kind), change.Source.Name, change.Destination.Name, change.Before.Certain.ToString(), change.After.Certain.ToString(),
        Unknown(change.Before) ?? "", Unknown(change.After) ?? "",
        string.Join("; ", reason.Causes), string.Join(' ', reason.Causes.Select(cause => cause.Location.ToString())),
    ];

    /// <summary>Writes all.</summary>
    public void Write(ClusterInput old, ClusterInput @new)
    {
        writer.StartAnswer("Difference");
        writer.Object("summary", () =>
        {
            foreach (var kind in DifferenceOutput.Kinds) writer.Field(DifferenceOutput.Word(kind), difference.Count(kind));
        });
        writer.List("items", difference.Changes, Write);
        writer.List("policies", difference.Policies, change =>
        {
            writer.Field("name", change.Name);
            writer.Field("change", DifferenceOutput.Word(change.Change));
            writer.Location("location", change.Location);
        });
        Write("onlyInOld", difference.Removed, old);
        Write("onlyInNew", difference.Added, @new);
        writer.List("notEvaluated", old.NotEvaluated.Concat(@new.NotEvaluated).DistinctBy(policy => (policy.ApiVersion, policy.Describe())), ClusterInput.NotEvaluatedFields(writer));
        writer.EndObject();
    }

    private void Write(ConnectionChange change)
    {
        var reason = difference.ReasonOf(change);
        writer.Field("change", DifferenceOutput.Word(change.Kind));
        writer.Field("source", change.Source.Name);
        writer.Field("destination", change.Destination.Name);
        writer.Field("before", change.Before.Certain.ToString());
        writer.Field("after", change.After.Certain.ToString());
        if (Unknown(change.Before) is { } before) writer.Field("beforeUnknown", before);
        if (Unknown(change.After) is { } after) writer.Field("afterUnknown", after);
        writer.List("causes", reason.Causes, cause =>
        {
            writer.Field("text", cause.ToString());
            writer.Field("kind", cause.Kind.ToString().ToLowerInvariant());
            writer.Field("change", DifferenceOutput.Word(cause.Change));
            writer.Field("name", cause.Name);
            writer.Location("location", cause.Location);
        });
        writer.List("policies", reason.Decision.Policies.Select(policy => policy.QualifiedName));
        writer.Field("rule", reason.Decision.Rule is { } rule ? Decision.Name(rule) : null);
        writer.Location("location", reason.Decision.Location);
    }

    private void Write(string name, IEnumerable<Counterpart> workloads, ClusterInput input) => writer.List(name, workloads, workload =>
    {
        writer.Field("name", workload.Name);
        writer.Field("kind", workload.Entry.Kind);
        writer.Location("location", input.Snapshot.Pods[workload.Entry.Pods[0]].Pod.Location);
    });

    private static string? Unknown(Reach reach) => reach.IsCertain ? null : reach.Unknown.ToString();
}
