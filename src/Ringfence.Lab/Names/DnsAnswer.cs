using System.Collections.Immutable;

namespace Ringfence.Lab.Names;

/// <summary>What is known about a question.</summary>
/// <param name="Status">NoError even where the name has nothing of the type; NameError where there is no such name.</param>
internal sealed record DnsAnswer(DnsStatus Status)
{
    /// <summary>Whether the answer is the cluster's own, not the outside world's.</summary>
    public bool IsAuthoritative { get; init; }

    /// <summary>The answers; an alias comes before what it leads to.</summary>
    public ImmutableArray<NamedRecord> Answers { get; init; } = [];

    /// <summary>The zone, where there is no answer.</summary>
    public ImmutableArray<NamedRecord> Authority { get; init; } = [];

    /// <summary>The addresses of names in the answers.</summary>
    public ImmutableArray<NamedRecord> Additional { get; init; } = [];
}
