using System.Collections.Immutable;
using Ringfence.Analysis.Lint.Rules;

namespace Ringfence.Analysis.Lint;

/// <summary>The rules there are.</summary>
public static class LintRules
{
    /// <summary>Every rule, by id.</summary>
    public static ImmutableArray<LintRule> All { get; } =
    [
        new HyphenTrap(),
        new DnsBlocked(),
        new ImpliedIngress(),
        new InertRules(),
        new Everyone(),
        new ServicePortTrap(),
        new UnresolvedPort(),
        new SelectsNothing(),
        new PeerMatchesNothing(),
        new NamespaceLabelMissing(),
        new OtherNamespace(),
        new OneSided(),
        new Redundant(),
        new NoOverride(),
        new IpBlocks(),
        new FrontDoor(),
        new TwiceDefined(),
        new HostNetworkPods(),
        new PluginSupport(),
        new NotIsolated(),
        new AiExposed(),
        new Ownerless(),
    ];

    /// <summary>Finds a rule by id or slug, whatever the case; null where there is none.</summary>
    public static LintRule? Find(string name) => All.FirstOrDefault(rule =>
        rule.Card.Id.Equals(name, StringComparison.OrdinalIgnoreCase) || rule.Card.Slug.Equals(name, StringComparison.OrdinalIgnoreCase));
}
