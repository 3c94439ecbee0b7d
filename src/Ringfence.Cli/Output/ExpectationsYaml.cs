using System.Text;
using Ringfence.Analysis.Endpoints;
using Ringfence.Analysis.Expectations;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Writes files of expectations as a person would.</summary>
internal static class ExpectationsYaml
{
    /// <summary>The file.</summary>
    public static string Write(ExpectationSet set)
    {
        var text = new StringBuilder($"apiVersion: {ExpectationSet.ApiVersion}\nkind: {ExpectationSet.Kind}\n");
        if (!set.Manifests.IsEmpty && !set.Manifests.SequenceEqual(["."])) text.Append($"manifests: [{string.Join(", ", set.Manifests.Select(Scalar))}]\n");
        if (set.Namespace is { } name) text.Append($"namespace: {Scalar(name)}\n");
        text.Append("cases:\n");
        foreach (var item in set.Cases) Write(text, item);
        return text.ToString();
    }

    private static void Write(StringBuilder text, ExpectationCase item)
    {
        text.Append($"- name: {Scalar(item.Name)}\n");
        foreach (var mode in item.Expectations.GroupBy(entry => entry.Mode))
        {
            text.Append($"  {TestRecord.Mode(mode.Key)}:\n");
            foreach (var entry in mode)
            {
                text.Append($"  - from: {Ends(entry.From)}\n    to: {Ends(entry.To)}\n");
                if (!entry.Ports.IsEmpty) text.Append($"    ports: [{string.Join(", ", entry.Ports)}]\n");
            }
        }
    }

    private static string Ends(IReadOnlyList<ExpectedEnd> ends)
    {
        if (ends is [var one]) return End(one);
        var line = $"[{string.Join(", ", ends.Select(End))}]";
        return line.Length <= 100 ? line : string.Concat(ends.Select(end => $"\n    - {End(end)}"));
    }

    private static string End(ExpectedEnd end) => end switch
    {
        SelectedEnd selected => Selected(selected),
        RangeEnd range => $"{{cidr: {Scalar(range.Text)}}}",
        NamedEnd { Endpoint: ServiceText service } => Scalar($"svc/{service.Namespace}/{service.Name}"),
        _ => Scalar(end.Text),
    };

    private static string Selected(SelectedEnd selected)
    {
        var where = selected.Namespace is { } name ? $"namespace: {Scalar(name)}" : $"namespaces: {Scalar(Selector(selected.Namespaces!))}";
        return selected.Pods.IsEverything ? $"{{{where}}}" : $"{{{where}, pods: {Scalar(Selector(selected.Pods))}}}";
    }

    private static string Selector(LabelSelector selector) => selector.IsEverything ? "" : selector.ToString();

    // Plain where nobody could read it as anything but this text.
    private static string Scalar(string text)
    {
        var isPlain = text.Length > 0 && (char.IsAsciiLetter(text[0]) || (char.IsAsciiDigit(text[0]) && text.Contains('/')) || text[0] == '.')
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ' ' or '=') && text[^1] != ' '
            && text is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "y" or "n");
        return isPlain ? text : $"\"{PlainText.Clean(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
