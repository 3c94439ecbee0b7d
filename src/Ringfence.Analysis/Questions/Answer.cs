using System.Collections.Immutable;
using Ringfence.Engine;

namespace Ringfence.Analysis.Questions;

/// <summary>The answer to a question.</summary>
/// <param name="Question">The question.</param>
/// <param name="Outcome">Allowed where every flow is; denied where some flow is denied; else unknown.</param>
/// <param name="Parts">The flows by outcome, what decides first; empty where nothing is behind a Service.</param>
public sealed record Answer(Question Question, Outcome Outcome, ImmutableArray<Part> Parts)
{
    /// <summary>What the input lacks.</summary>
    public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>Whether flows differ.</summary>
    public bool IsMixed => Parts.Length > 1;

    /// <summary>What all flows can open, where every connection was asked about; null otherwise.</summary>
    public ConnectionSet? Open => Parts is [{ Open: not null }, ..]
        ? Parts.Aggregate(ConnectionSet.All, (open, part) => open.Intersect(part.Open!))
        : null;

    /// <summary>How many flows were judged.</summary>
    public long Flows => Parts.Sum(part => part.Flows);
}

/// <summary>Flows of one question with the same outcome, and with the same open connections where every connection was asked about.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Flows">How many.</param>
/// <param name="Names">Their names, as far as they are told.</param>
/// <param name="Verdict">The judgement of the first of them.</param>
public sealed record Part(Outcome Outcome, long Flows, ImmutableArray<FlowName> Names, Verdict Verdict)
{
    /// <summary>The first flow.</summary>
    public required Flow Example { get; init; }

    /// <summary>What each of the flows can open, where every connection was asked about; null otherwise.</summary>
    public ConnectionSet? Open { get; init; }
}

/// <summary>Sources that behave alike towards destinations.</summary>
/// <param name="Source">One or more names.</param>
/// <param name="Destination">One or more names, ports included.</param>
public sealed record FlowName(ImmutableArray<string> Source, ImmutableArray<string> Destination);
