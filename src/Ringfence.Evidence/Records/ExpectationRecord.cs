using System.Collections.Immutable;

namespace Ringfence.Evidence.Records;

/// <summary>An expectation that somebody wrote down, and what packets showed of it.</summary>
/// <param name="Case">The name of its case.</param>
/// <param name="Mode"><c>allow</c>, <c>deny</c> or <c>only</c>.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Result"><c>held</c>, <c>broken</c>, or <c>notCovered</c> where no probe says anything about it.</param>
/// <param name="Probes">How many probes say something about it.</param>
/// <param name="Broken">Those that saw something else than expected.</param>
public sealed record ExpectationRecord(string Case, string Mode, PlaceRecord? Location, string Result, int Probes, ImmutableArray<BrokenRecord> Broken)
{
    /// <summary>Every probe saw what was expected.</summary>
    public const string Held = "held";

    /// <summary>A probe saw something else.</summary>
    public const string Failed = "broken";

    /// <summary>No probe says anything about it.</summary>
    public const string NotCovered = "notCovered";
}

/// <summary>A probe that saw something else than an expectation says.</summary>
/// <param name="Source"><c>ns/pod</c>, or an address outside the cluster.</param>
/// <param name="Destination"><c>ns/pod</c>, or an address outside the cluster.</param>
/// <param name="Protocol"><c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</param>
/// <param name="Port">The destination's port.</param>
/// <param name="Expected"><c>allowed</c> or <c>denied</c>.</param>
/// <param name="Observed">As in <see cref="ProbeRecord.Observed"/>.</param>
public sealed record BrokenRecord(string Source, string Destination, string Protocol, int Port, string Expected, string Observed);
