using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>What is expected of flows: the content of a file of kind <c>Expectations</c>.</summary>
/// <param name="Cases">The cases, at least one, each with a name of its own.</param>
public sealed record ExpectationSet(ImmutableArray<ExpectationCase> Cases)
{
    /// <summary>The <c>apiVersion</c> of such files.</summary>
    public const string ApiVersion = "ringfence.dev/v1alpha1";

    /// <summary>The <c>kind</c> of such files.</summary>
    public const string Kind = "Expectations";

    /// <summary>The manifests that are tested, relative to the file's folder; empty where the file names none.</summary>
    public ImmutableArray<string> Manifests { get; init; } = [];

    /// <summary>The namespace of names that give none: the file's, else that of its metadata; null where it has neither.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Expectations under one name, which hold or fail together.</summary>
/// <param name="Name">What they are about, in the user's words.</param>
/// <param name="Expectations">They, at least one, in the order written.</param>
/// <param name="Location">Where the case stands.</param>
public sealed record ExpectationCase(string Name, ImmutableArray<Expectation> Expectations, Location Location);

/// <summary>What an expectation says of its flows.</summary>
public enum ExpectationMode
{
    /// <summary>All of their connections are open.</summary>
    Allow,

    /// <summary>None of their connections is open.</summary>
    Deny,

    /// <summary>Their connections are open, and nobody opens any other connection to the destinations.</summary>
    Only,
}

/// <summary>One entry of a case: what is expected of the flows from each source to each destination.</summary>
/// <param name="Mode">What is expected.</param>
/// <param name="From">The sources, at least one.</param>
/// <param name="To">The destinations, at least one.</param>
/// <param name="Ports">The ports at the destinations; empty for every connection, to a Service for each of its ports.</param>
/// <param name="Location">Where it stands.</param>
public sealed record Expectation(
    ExpectationMode Mode, ImmutableArray<ExpectedEnd> From, ImmutableArray<ExpectedEnd> To, ImmutableArray<ExpectedPort> Ports, Location Location);
