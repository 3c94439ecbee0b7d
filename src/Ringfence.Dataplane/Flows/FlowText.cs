using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>Flows as lines: for people, and as JSON for machines.</summary>
public static class FlowText
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>
    /// One line for people, without its end: <c>TIME denied  ingress shop/web-1 -> shop/db-0 TCP 5432  by shop/db-only (policy.yaml:3:1); nearest …</c>.
    /// </summary>
    public static string ToLine(this FlowRecord flow)
    {
        var text = new StringBuilder();
        text.Append(Time(flow.Time)).Append(flow.IsAllowed ? " allowed " : " denied  ");
        text.Append((flow.Direction switch { Direction.Ingress => "ingress", Direction.Egress => "egress", _ => "" }).PadRight(7));
        text.Append(' ').Append(flow.Source.Name).Append(" -> ").Append(flow.Destination.Name).Append(' ').Append(flow.Protocol);
        if (flow.Port is { } port) text.Append(CultureInfo.InvariantCulture, $" {port}");
        if (flow.IcmpType is { } type) text.Append(CultureInfo.InvariantCulture, $" type {type}");
        if (flow.Rule is { } rule) text.Append("  by ").Append(Placed(rule.Name, rule.Location));
        else if (!flow.Policies.IsEmpty) text.Append("  by ").AppendJoin(", ", flow.Policies.Select(policy => Placed(policy.QualifiedName, policy.Location)));
        if (flow.Nearest is { } nearest) text.Append("; nearest ").Append(Placed(nearest.Name, nearest.Location)).Append(": ").Append(nearest.Reason);
        if (flow.Note is { } note) text.Append("  ").Append(note);
        if (flow.Count > 1) text.Append(CultureInfo.InvariantCulture, $"  x{flow.Count}");
        return text.ToString();
    }

    /// <summary>
    /// One line of JSON, without its end: an object of kind <c>Flow</c>. Fields are always the same and in the same order; what is not known is
    /// null.
    /// </summary>
    public static string ToJson(this FlowRecord flow) => JsonSerializer.Serialize(
        new FlowDocument(
            "ringfence.dev/v1alpha1",
            "Flow",
            Time(flow.Time),
            flow.Node,
            flow.IsAllowed ? "allowed" : "denied",
            flow.Direction switch { Direction.Ingress => "ingress", Direction.Egress => "egress", _ => null },
            flow.Source.Name,
            flow.Source.Address.ToString(),
            flow.Destination.Name,
            flow.Destination.Address.ToString(),
            flow.Protocol,
            flow.Port,
            flow.IcmpType,
            [.. flow.Policies.Select(policy => policy.QualifiedName)],
            flow.Rule?.Name,
            Place(flow.Location),
            flow.Nearest is { } nearest ? new RuleDocument(nearest.Name, nearest.Reason, Place(nearest.Location)) : null,
            flow.Note,
            flow.Count),
        FlowJson.Lines.FlowDocument);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    // What a cluster serves has no lines: its place is its name, which is told already.
    private static string Placed(string name, Location location) => location is { File: not null, Line: > 0 } ? $"{name} ({location})" : name;

    private static PlaceDocument? Place(Location? location) =>
        location is { File: { } file } place ? new PlaceDocument(file, place.Line, place.Column) : null;
}

internal sealed record FlowDocument(
    string ApiVersion,
    string Kind,
    string Time,
    string Node,
    string Verdict,
    string? Direction,
    string Source,
    string SourceAddress,
    string Destination,
    string DestinationAddress,
    string Protocol,
    int? Port,
    int? IcmpType,
    string[] Policies,
    string? Rule,
    PlaceDocument? Location,
    RuleDocument? Nearest,
    string? Note,
    int Count);

internal sealed record RuleDocument(string Rule, string Reason, PlaceDocument? Location);

internal sealed record PlaceDocument(string File, int Line, int Column);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FlowDocument))]
internal sealed partial class FlowJson : JsonSerializerContext
{
    // Nobody embeds a line in a page unescaped; arrows and quotes stay readable.
    public static readonly FlowJson Lines = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
