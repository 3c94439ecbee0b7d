using System.CommandLine;
using Ringfence.Analysis;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>validate</c>: what the API server would say to these manifests.</summary>
internal static class ValidateVerb
{
    private static readonly string[] Columns = ["file", "line", "column", "type", "field", "value", "message"];

    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("validate", "Check manifests as the API server does: unknown fields, wrong values, with file and line.");
        var common = new CommonOptions(command, rows: false, "The namespace of manifests that give none, as kubectl apply -n would set it. Of a running cluster, judge this namespace alone.");
        command.SetAction(parsed => Run(common.Read(parsed)));
        return new Verb(command, Examples);
    }

    private static int Run(Choices choices)
    {
        ManifestSet manifests;
        using (var progress = new ReadingProgress(choices.Terminal))
            manifests = choices.Cluster is { } cluster
                ? cluster.Read(choices, choices.StrictCidr, progress)
                : ClusterInput.ReadManifests(choices, requireNamespace: choices.Namespace is null, progress);
        if (choices.ShownNamespace is { } only) manifests = Of(manifests, only);

        var errors = manifests.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error).ToList();
        foreach (var other in manifests.Diagnostics.Where(diagnostic => diagnostic.Severity != Severity.Error))
            if (other.Code == ClusterInput.NotEvaluatedCode) choices.Terminal.TellLoudly(ClusterInput.Describe(other));
            else choices.Terminal.Tell(other.Severity, ClusterInput.Describe(other));

        Write(choices, manifests, errors);
        choices.Terminal.Flush();
        if (choices.Namespace is null && errors.Exists(error => error.FieldError is { Field: "metadata.namespace", Type: FieldErrorType.FieldValueRequired }))
            choices.Terminal.Tell(Severity.Note, "-n NAME judges manifests without a namespace as 'kubectl apply -n NAME' would");
        foreach (var error in errors.Where(IsQuotedNumber))
            choices.Terminal.Tell(Severity.Note, $"{error.Location}: in quotes this is a port's name; write {error.FieldError!.Value!.Trim('"')} for the number");
        return errors.Count == 0 ? ExitCode.Yes : errors.TrueForAll(IsFinding) ? ExitCode.No : ExitCode.Unusable;
    }

    // What is said of no object concerns all of it.
    private static ManifestSet Of(ManifestSet manifests, string @namespace) => manifests with
    {
        Objects = ClusterObjects.Of([.. manifests.Objects.All().Where(item => item.Namespace == @namespace || (item is Namespace && item.Name == @namespace))]),
        Diagnostics = [.. manifests.Diagnostics.Where(told => told.Object is not { } name || name == $"Namespace {@namespace}" || name.Contains($" {@namespace}/", StringComparison.Ordinal))],
    };

    // What the API server would refuse is an answer; what cannot be read at all is no input.
    private static bool IsFinding(Diagnostic error) => error.FieldError is not null || error.Object is not null;

    private static bool IsQuotedNumber(Diagnostic error) =>
        error.FieldError is { Value: ['"', .. var digits, '"'], Field: var field }
        && field.EndsWith(".port", StringComparison.Ordinal) && digits.Length > 0 && digits.All(char.IsAsciiDigit);

    private static void Write(Choices choices, ManifestSet manifests, List<Diagnostic> errors)
    {
        switch (choices.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                WriteStructured(choices, manifests, errors);
                break;
            case OutputFormat.Csv or OutputFormat.Md:
                choices.WriteRecords(Columns, errors.Select(error => (IReadOnlyList<string>)
                [
                    error.Location.File ?? "", $"{error.Location.Line}", $"{error.Location.Column}", Type(error),
                    error.Field ?? "", error.FieldError?.Value ?? "", Message(error),
                ]));
                break;
            default:
                foreach (var error in errors) WriteLine(choices.Terminal, error);
                if (errors.Count == 0) choices.Terminal.Out.Write($"{Summary(choices, manifests)}\n");
                break;
        }
    }

    private static void WriteLine(Terminal terminal, Diagnostic error)
    {
        var place = error.Location.ToString();
        terminal.Out.Write($"{PlainText.Clean(place)}{(place.Length > 0 ? ": " : "")}{terminal.Paint(PlainText.Clean(Text(error)), Style.Strong)}\n");
    }

    private static void WriteStructured(Choices choices, ManifestSet manifests, List<Diagnostic> errors)
    {
        using var writer = choices.Structured();
        writer.StartAnswer("ValidationResult");
        writer.List("items", errors, error =>
        {
            writer.Field("type", Type(error));
            writer.Field("field", error.Field);
            writer.Name("value");
            if (error.FieldError?.Value is { } value) writer.Json(value);
            else writer.Value(null);
            writer.Field("message", Message(error));
            writer.Field("text", Text(error));
            writer.Field("object", error.Object);
            writer.Location("location", error.Location);
        });
        writer.Field("objects", ClusterInput.Count(manifests.Objects));
        writer.Field("files", manifests.Files);
        ClusterInput.WriteNotEvaluated(writer, manifests.Objects.Unevaluated);
        writer.EndObject();
    }

    private static string Type(Diagnostic error) => error.FieldError?.Type.ToString() ?? error.Code;

    private static string Message(Diagnostic error) => error.FieldError?.Message ?? error.Message;

    private static string Text(Diagnostic error) => error.FieldError?.ToString() ?? error.Message;

    private static string Summary(Choices choices, ManifestSet manifests)
    {
        var count = ClusterInput.Count(manifests.Objects);
        var policies = manifests.Objects.NetworkPolicies.Length;
        var place = choices.ShownNamespace is { } only ? $"of namespace {only}" : manifests.Files == 0 ? "of the cluster" : $"in {Counted.Of(manifests.Files, "file")}";
        return $"{Counted.Of(count, "object")} {place} {(count == 1 ? "is" : "are")} valid"
            + $" ({Counted.Of(policies, "NetworkPolicy", "NetworkPolicies")}"
            + (count > policies ? "; of other kinds only metadata and the fields that are read are checked)" : ")");
    }

    private const string Examples =
        """
        Every error stands on a line of its own, file:line:column and then the API server's own words.

        Examples:
          ringfence validate -f examples/rag
          ringfence validate -f policy.yaml -n team-a
          ringfence validate -f policies/ --strict-cidr false -o json

        Exit codes: 0 all valid; 1 the API server would refuse something; 2 something cannot be read at all.
        """;
}
