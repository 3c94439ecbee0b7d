using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>A trap that was found.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Object">The object that has it.</param>
/// <param name="Location">Where it stands; the object's place where no narrower one is known.</param>
/// <param name="Message">What is wrong, one or two sentences, without the place.</param>
public sealed record Finding(RuleCard Rule, KubernetesObject Object, Location Location, string Message)
{
    /// <summary>How bad it is.</summary>
    public Severity Severity { get; init; } = Rule.Severity;

    /// <summary>The field path, <c>spec.ingress[0].from[1]</c>; null where it is about the object.</summary>
    public string? Field { get; init; }

    /// <summary>What it means for this cluster: who gains or loses which connection, a sentence each, the most telling first.</summary>
    public ImmutableArray<string> Effects { get; init; } = [];

    /// <summary>What to do here; null where the rule's own words say all.</summary>
    public string? Mend { get; init; }

    /// <summary>The mend as edits, to be made together; empty where a person must decide.</summary>
    public ImmutableArray<ManifestEdit> Edits { get; init; } = [];

    /// <summary>How sure an inference is: <c>declared</c> or <c>inferred</c>; null for rules that state what Kubernetes specifies.</summary>
    public string? Confidence { get; init; }

    /// <summary>The annotation that concerns it, whether it exempts or not; null where there is none.</summary>
    public Exemption? Exemption { get; init; }
}

/// <summary>An annotation that asks to ignore a rule.</summary>
/// <param name="Reason">Why; empty where none is given.</param>
/// <param name="Until">The last day it holds (UTC); null where it has no end.</param>
/// <param name="Fault">Why it does not hold: no reason, or expired; null where it holds.</param>
/// <param name="On">The object that carries it: the finding's own or its namespace.</param>
public sealed record Exemption(string Reason, DateOnly? Until, string? Fault, KubernetesObject On);

/// <summary>Objects that a rule could not judge.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Missing">What the input lacks: <c>no workloads supplied</c>.</param>
/// <param name="Objects">The objects, <c>Kind ns/name</c>, in order.</param>
public sealed record Unjudged(RuleCard Rule, string Missing, ImmutableArray<string> Objects);

/// <summary>What linting found.</summary>
/// <param name="Findings">The findings that count, by file, line, column and rule.</param>
/// <param name="Exempted">Those that an annotation exempts, in the same order.</param>
/// <param name="Unknown">What could not be judged, by rule.</param>
/// <param name="Policies">How many policies were looked at.</param>
/// <param name="Workloads">How many workloads were looked at.</param>
public sealed record LintReport(
    ImmutableArray<Finding> Findings, ImmutableArray<Finding> Exempted, ImmutableArray<Unjudged> Unknown, int Policies, int Workloads)
{
    /// <summary>Whether something is at least as bad.</summary>
    public bool Has(Severity severity) => Findings.Any(finding => finding.Severity >= severity);
}

/// <summary>Takes what one rule finds.</summary>
/// <param name="namespace">The namespace whose objects it takes; null for all objects.</param>
public sealed class Findings(string? @namespace = null)
{
    private readonly List<Finding> _found = [];
    private readonly SortedDictionary<string, SortedSet<string>> _unknown = new(StringComparer.Ordinal);

    // What a mend would change is worked out anew for each finding.
    private const int MostWithEffects = 100;

    internal IReadOnlyList<Finding> Found => _found;

    /// <summary>Whether there are so many already that the effects of further ones are left out: the first tell enough, and working them out takes time.</summary>
    internal bool AreMany => _found.Count >= MostWithEffects;

    /// <summary>Takes a finding.</summary>
    public void Add(Finding finding)
    {
        if (Takes(finding.Object)) _found.Add(finding);
    }

    /// <summary>Takes an object that cannot be judged.</summary>
    /// <param name="item">The object.</param>
    /// <param name="missing">What the input lacks: <c>no workloads supplied</c>, <c>no workloads of namespace x supplied</c>.</param>
    public void Unknown(KubernetesObject item, string missing)
    {
        if (!Takes(item)) return;
        if (!_unknown.TryGetValue(missing, out var objects)) _unknown.Add(missing, objects = new(StringComparer.Ordinal));
        objects.Add(item.Describe());
    }

    private bool Takes(KubernetesObject item) => @namespace is null || item.Namespace == @namespace || (item is Namespace && item.Name == @namespace);

    internal IEnumerable<Unjudged> UnknownOf(RuleCard rule) => _unknown.Select(pair => new Unjudged(rule, pair.Key, [.. pair.Value]));
}
