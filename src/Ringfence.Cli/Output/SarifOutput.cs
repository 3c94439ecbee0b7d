using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Writes SARIF 2.1.0, the form in which code scanning and editors take findings.</summary>
/// <remarks>
/// https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html, and what GitHub asks beyond it:
/// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
/// </remarks>
internal sealed class SarifOutput(StructuredWriter writer)
{
    private const string SourceRoot = "%SRCROOT%";

    private readonly SarifSources _sources = new();

    /// <summary>Writes a file with one run.</summary>
    public void Write(SarifRun run)
    {
        writer.StartObject();
        writer.Field("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        writer.Field("version", "2.1.0");
        writer.List("runs", [run], Run);
        writer.EndObject();
    }

    private void Run(SarifRun run)
    {
        var rules = run.Rules.Take(SarifLimits.Rules).ToList();
        var indexes = rules.Select((rule, at) => (rule.Id, at)).ToDictionary(pair => pair.Id, pair => pair.at, StringComparer.Ordinal);
        writer.Object("tool", () => writer.Object("driver", () =>
        {
            writer.Field("name", "ringfence");
            writer.Field("semanticVersion", typeof(SarifOutput).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
            writer.List("rules", rules, Rule);
        }));
        writer.List("invocations", [run], Invocation);
        writer.Object("originalUriBaseIds", () => writer.Object(SourceRoot, () => Text("description", "The top folder of the repository, or the folder that ringfence ran in.")));
        writer.Field("columnKind", "utf16CodeUnits");
        var identities = new Dictionary<string, int>(StringComparer.Ordinal);
        writer.List("results", run.Results, result => Result(result, indexes[result.RuleId], identities));
    }

    private void Invocation(SarifRun run)
    {
        writer.Field("executionSuccessful", run.IsComplete);
        writer.List("toolExecutionNotifications", run.Notes, note =>
        {
            writer.Field("level", run.IsComplete ? "note" : "warning");
            Text("message", note);
        });
    }

    private void Rule(SarifRule rule)
    {
        writer.Field("id", rule.Id);
        writer.Field("name", rule.Name);
        Text("shortDescription", PlainText.Shorten(rule.Title, SarifLimits.Description));
        Text("fullDescription", PlainText.Shorten(rule.Description, SarifLimits.Description));
        writer.Object("help", () =>
        {
            writer.Field("text", rule.Help);
            writer.Field("markdown", rule.Help);
        });
        writer.Field("helpUri", rule.HelpUri);
        writer.Object("defaultConfiguration", () => writer.Field("level", Level(rule.Severity)));
        writer.Object("properties", () =>
        {
            writer.List("tags", rule.Tags.Take(SarifLimits.Tags));
            writer.Field("precision", rule.Precision);
            writer.Field("problem.severity", rule.Severity == Severity.Note ? "recommendation" : Level(rule.Severity));
            if (rule.SecuritySeverity is { } security) writer.Field("security-severity", security.ToString("0.0", CultureInfo.InvariantCulture));
        });
    }

    private void Result(SarifResult result, int rule, Dictionary<string, int> identities)
    {
        writer.Field("ruleId", result.RuleId);
        writer.Field("ruleIndex", rule);
        writer.Field("level", Level(result.Severity));
        Text("message", Message(result.Message));
        writer.List("locations", [result], Location);
        writer.Object("partialFingerprints", () => Fingerprints(result, identities));
        if (result.Suppression is not { } reason) return;
        writer.List("suppressions", [reason], each =>
        {
            writer.Field("kind", "inSource");
            writer.Field("status", "accepted");
            writer.Field("justification", each);
        });
    }

    private void Location(SarifResult result)
    {
        var place = _sources.Place(result.Location);
        writer.Object("physicalLocation", () =>
        {
            writer.Object("artifactLocation", () =>
            {
                writer.Field("uri", place.Uri);
                if (place.IsInRepository) writer.Field("uriBaseId", SourceRoot);
            });
            writer.Object("region", () =>
            {
                writer.Field("startLine", place.Line);
                writer.Field("startColumn", place.Column);
                writer.Field("endLine", place.Line);
                writer.Field("endColumn", place.EndColumn);
            });
        });
        if (result.Object is not { } name) return;
        writer.List("logicalLocations", [name], each =>
        {
            writer.Field("fullyQualifiedName", each);
            writer.Field("kind", "resource");
        });
    }

    // The first is the project's own and stays while the finding does; the second is the one that GitHub compares.
    private void Fingerprints(SarifResult result, Dictionary<string, int> identities)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{result.RuleId}\n{result.Object}\n{result.Identity}")).AsSpan(0, 16));
        var number = identities[hash] = identities.GetValueOrDefault(hash) + 1;
        writer.Field("ringfence/v1", $"{hash}:{number}");
        writer.Field("primaryLocationLineHash", _sources.LineHash(result.Location) ?? $"{hash}:{number}");
    }

    private void Text(string name, string text) => writer.Object(name, () => writer.Field("text", text));

    // In messages "[text](target)" is a link.
    private static string Message(string text) =>
        text.Contains("](", StringComparison.Ordinal) ? text.Replace("\\", "\\\\").Replace("[", "\\[").Replace("]", "\\]") : text;

    private static string Level(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };
}
