using Ringfence.Cli.CommandLine;
using Ringfence.Engine;

namespace Ringfence.Cli.Answers;

/// <summary>Which workloads the user wants to see (<c>-n</c>, <c>-A</c>, <c>-l</c>).</summary>
internal sealed class RowFilter(Choices choices)
{
    private readonly string? _namespace = choices.AllNamespaces ? null : choices.Namespace;

    /// <summary>Whether everything is wanted.</summary>
    public bool IsOpen => _namespace is null && choices.Selector is null;

    /// <summary>Whether an entry is wanted; addresses outside only where everything is.</summary>
    public bool Wants(ViewEntry entry) =>
        IsOpen || (entry.Range is null
            && (_namespace is null || entry.Namespace == _namespace)
            && (choices.Selector is null || choices.Selector.Matches(entry.Labels)));
}
