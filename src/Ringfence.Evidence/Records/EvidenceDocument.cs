using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Ringfence.Evidence.Records;

/// <summary>What a proof was about, how it was made and what it saw: all that a report shows, as it is written to a file.</summary>
public sealed record EvidenceDocument
{
    /// <summary>The version of the form.</summary>
    public string ApiVersion { get; init; } = "ringfence.dev/v1alpha1";

    /// <summary>Always <c>Evidence</c>.</summary>
    public string Kind { get; init; } = "Evidence";

    /// <summary>What was proved, in the user's words: the name of the folder or file.</summary>
    public required string Name { get; init; }

    /// <summary>The counts.</summary>
    public required EvidenceSummary Summary { get; init; }

    /// <summary>When the first probe was made, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the last one had ended, UTC.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>How it was asked for.</summary>
    public required EvidenceOptions Options { get; init; }

    /// <summary>Where it was made.</summary>
    public required EvidenceEnvironment Environment { get; init; }

    /// <summary>The files that were read.</summary>
    public required ImmutableArray<FileDigest> Inputs { get; init; }

    /// <summary>The objects as they were judged and enforced, by kind and name.</summary>
    public required ImmutableArray<ObjectDigest> Objects { get; init; }

    /// <summary>The policies and whom they select, by name.</summary>
    public required ImmutableArray<PolicyRecord> Policies { get; init; }

    /// <summary>What was left out so that the number of probes stays bounded.</summary>
    public required ImmutableArray<string> Thinned { get; init; }

    /// <summary>What is not covered.</summary>
    public required ImmutableArray<GapRecord> NotCovered { get; init; }

    /// <summary>The probes, by source, destination, protocol and port.</summary>
    public required ImmutableArray<ProbeRecord> Items { get; init; }

    /// <summary>What was expected by those who wrote it down, and what packets showed; null where nothing was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<ExpectationRecord>? Expectations { get; init; }
}

/// <summary>The counts of a proof.</summary>
/// <param name="Probes">How many probes were made.</param>
/// <param name="Agree">How many saw what the engine says.</param>
/// <param name="Differ">How many did not.</param>
/// <param name="NotCovered">How many could not be made, or say nothing about policy.</param>
public sealed record EvidenceSummary(int Probes, int Agree, int Differ, int NotCovered);

/// <summary>How a proof was asked for.</summary>
/// <param name="Families"><c>IPv4</c>, <c>IPv6</c> or both.</param>
/// <param name="Enforced">Whether policies were enforced at all.</param>
/// <param name="MaxProbes">The most probes.</param>
/// <param name="Concurrency">How many at a time.</param>
/// <param name="TimeoutSeconds">How long no answer was waited for, attempt by attempt.</param>
/// <param name="UnnamedTcpPort">The TCP port that stands for those that nobody names.</param>
/// <param name="UnnamedUdpPort">The UDP port that stands for those that nobody names.</param>
public sealed record EvidenceOptions(
    ImmutableArray<string> Families, bool Enforced, int MaxProbes, int Concurrency, ImmutableArray<double> TimeoutSeconds, int UnnamedTcpPort, int UnnamedUdpPort);

/// <summary>Where a proof was made.</summary>
/// <param name="Engine">The version of Ringfence.</param>
/// <param name="Kernel">The kernel's release.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="Architecture">The processor's architecture.</param>
/// <param name="Nodes">The nodes.</param>
public sealed record EvidenceEnvironment(string Engine, string Kernel, string Machine, string Architecture, ImmutableArray<NodeRecord> Nodes);

/// <summary>A node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pods">How many pods it has.</param>
/// <param name="RulesetSha256">
/// The digest of its ruleset as text, after the last probe the kernel had just that; null where nothing is enforced, or where the kernel had another.
/// </param>
public sealed record NodeRecord(string Name, int Pods, string? RulesetSha256);

/// <summary>A file that was read.</summary>
/// <param name="File">Its path as the user knows it; <c>-</c> for standard input.</param>
/// <param name="Sha256">The digest of its bytes, in hexadecimal digits.</param>
public sealed record FileDigest(string File, string Sha256);

/// <summary>An object as it was judged.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name"><c>ns/name</c>.</param>
/// <param name="Sha256">The digest of its canonical text, which says what matters to policy: the same however it was written.</param>
public sealed record ObjectDigest(string Kind, string Name, string Sha256);

/// <summary>A policy and whom it selects.</summary>
/// <param name="Name"><c>ns/name</c>.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Isolates"><c>ingress</c>, <c>egress</c> or both.</param>
/// <param name="Selects">The workloads that it selects, each with the number of pods; empty where there are none.</param>
public sealed record PolicyRecord(string Name, PlaceRecord? Location, ImmutableArray<string> Isolates, ImmutableArray<SelectedRecord> Selects);

/// <summary>A workload that a policy selects.</summary>
/// <param name="Workload"><c>ns/name</c>.</param>
/// <param name="Pods">How many of its pods.</param>
public sealed record SelectedRecord(string Workload, int Pods);

/// <summary>What is not covered.</summary>
/// <param name="What">What.</param>
/// <param name="Why">Why.</param>
public sealed record GapRecord(string What, string Why);

/// <summary>A place in a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
public sealed record PlaceRecord(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>A probe and what became of it.</summary>
public sealed record ProbeRecord
{
    /// <summary><c>ns/pod</c>, or an address outside the cluster.</summary>
    public required string Source { get; init; }

    /// <summary><c>ns/workload</c>, or a name for what is outside.</summary>
    public required string SourceWorkload { get; init; }

    /// <summary>The address.</summary>
    public required string SourceAddress { get; init; }

    /// <summary><c>ns/pod</c>, or an address outside the cluster.</summary>
    public required string Destination { get; init; }

    /// <summary><c>ns/workload</c>, or a name for what is outside.</summary>
    public required string DestinationWorkload { get; init; }

    /// <summary>The address.</summary>
    public required string DestinationAddress { get; init; }

    /// <summary><c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The destination's port.</summary>
    public required int Port { get; init; }

    /// <summary><c>allowed</c> or <c>denied</c>.</summary>
    public required string Expected { get; init; }

    /// <summary><c>answered</c>, <c>refused</c>, <c>dropped</c>, <c>noRoute</c> or <c>failed</c>.</summary>
    public required string Observed { get; init; }

    /// <summary><c>agrees</c>, <c>differs</c> or <c>notCovered</c>.</summary>
    public required string Result { get; init; }

    /// <summary>The policies that decide what is expected.</summary>
    public required ImmutableArray<string> Policies { get; init; }

    /// <summary>The rule that allows it; null where none does.</summary>
    public required string? Rule { get; init; }

    /// <summary>Where the rule, or the first policy, stands; null where none does.</summary>
    public required PlaceRecord? Location { get; init; }

    /// <summary>Why it is expected: a clause, or one for each direction that decides it.</summary>
    public required ImmutableArray<string> Reasons { get; init; }

    /// <summary>What was tried, in order; the deciding one is what <see cref="Observed"/> says.</summary>
    public required ImmutableArray<AttemptRecord> Attempts { get; init; }
}

/// <summary>One attempt of a probe.</summary>
/// <param name="At">When it began, UTC.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Observed">What was seen.</param>
/// <param name="Detail">Who answered, or the error; null where there is nothing to say.</param>
public sealed record AttemptRecord(DateTimeOffset At, double Milliseconds, string Observed, string? Detail);
