using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>What pods that may call something lack to look names up.</summary>
/// <param name="Lookups">What they can do.</param>
/// <param name="AtCache">Whether it is the NodeLocal DNSCache that they do not reach.</param>
/// <param name="OnlyAddresses">Whether they may call nothing but single addresses, for which no names are needed.</param>
internal readonly record struct DnsLack(Lookups Lookups, bool AtCache, bool OnlyAddresses);

/// <summary>Looks for pods that cannot look names up, and for the policy to tell it of.</summary>
internal sealed class DnsSearch(LintContext context, Findings findings, RuleCard card)
{
    private readonly DnsReach _certain = new(context.Groups, context.Dns);
    private readonly DnsReach _possible = new(context.Possible, context.Dns);
    private readonly Dictionary<GroupedPolicy, GroupedPolicy> _upper = context.Groups.Policies.Zip(context.Possible.Policies).ToDictionary(pair => pair.First, pair => pair.Second);

    public void Run()
    {
        var lacking = new Dictionary<DnsLack, List<PodGroup>>();
        foreach (var group in context.Groups.All)
        {
            if (group.HostNetwork || !group.IsIsolated(Direction.Egress) || context.Dns.Pods.Contains(group.FirstPod) || !Asking(group).Any()) continue;
            var policies = PoliciesOf(group);
            if (LackOf(policies) is { } lack)
            {
                if (!lacking.TryGetValue(lack, out var groups)) lacking.Add(lack, groups = []);
                groups.Add(group);
            }
        }

        foreach (var (lack, groups) in lacking) Tell(lack, groups);
        foreach (var policies in context.Groups.Policies.Where(policy => policy.Policy.AffectsEgress).GroupBy(policy => policy.Policy.Namespace))
            if (context.MissingWorkloadsOf(policies.Key) is { } missing) JudgeAlone([.. policies], missing);
    }

    /// <summary>The pods of a group that ask the cluster's name servers.</summary>
    private IEnumerable<int> Asking(PodGroup group) => group.Pods.ToArray().Where(pod => !context.Snapshot.Pods[pod].Pod.Network.HasOwnDns);

    private static List<GroupedPolicy> PoliciesOf(PodGroup group) => [.. group.Policies.Where(policy => policy.Policy.AffectsEgress)];

    private static List<GroupedRule> RulesOf(IEnumerable<GroupedPolicy> policies) => [.. policies.SelectMany(policy => policy.Rules(Direction.Egress))];

    /// <summary>What pods lack that some policies isolate; null for nothing, or where the input cannot tell.</summary>
    private DnsLack? LackOf(List<GroupedPolicy> policies)
    {
        var rules = RulesOf(policies);
        if (rules.Count == 0) return null;
        var onlyAddresses = rules.TrueForAll(rule => !rule.IsForEveryone && rule.Peers.All(peer => peer.Block is { } block && block.Cidr.First == block.Cidr.Last));
        var dns = context.Dns;
        var atCache = !dns.LocalCaches.IsEmpty;
        if (!dns.IsKnown && !atCache)
        {
            if (rules.Aggregate(Lookups.None, (known, rule) => known | DnsReach.ToUsual(rule)) == Lookups.Both) return null;
            var ports = rules.Aggregate(Lookups.None, (known, rule) => known | DnsReach.OfPorts(rule));
            if (ports != Lookups.Both) return new DnsLack(ports, AtCache: false, onlyAddresses);
            foreach (var policy in policies)
                if (policy.Rules(Direction.Egress).Any(rule => DnsReach.OfPorts(rule) != Lookups.None)) findings.Unknown(policy.Policy, "no DNS pods supplied");
            return null;
        }

        if ((atCache ? _certain.ToCache(rules) : _certain.ToServers(rules)) == Lookups.Both) return null;
        var possible = RulesOf(policies.Select(policy => _upper[policy]));
        var lookups = atCache ? _possible.ToCache(possible) : _possible.ToServers(possible);
        if (lookups != Lookups.Both) return new DnsLack(lookups, atCache && _possible.ToServers(possible) == Lookups.Both, onlyAddresses);
        var missing = context.Snapshot.FindNamespace(dns.PodNamespace) is { Declared: true } ? "no addresses of the DNS pods supplied" : $"no labels of namespace {dns.PodNamespace} supplied";
        foreach (var policy in policies) findings.Unknown(policy.Policy, missing);
        return null;
    }

    /// <summary>Tells what groups lack, of one policy each: one that seems to be about DNS, else one that as many as possible have in common.</summary>
    private void Tell(DnsLack lack, List<PodGroup> groups)
    {
        var selecting = groups.SelectMany(PoliciesOf).CountBy(policy => policy).ToDictionary();
        var told = groups.GroupBy(group => PoliciesOf(group).OrderByDescending(policy => policy.Rules(Direction.Egress).Any(_certain.IsMeant))
            .ThenByDescending(policy => selecting[policy])
            .ThenByDescending(policy => policy.Rules(Direction.Egress).Length)
            .First());
        foreach (var group in told) Add(lack, group.Key, [.. group]);
    }

    /// <summary>Judges the policies of a namespace whose pods the input lacks: whatever pods they select, what no rule admits is closed.</summary>
    private void JudgeAlone(List<GroupedPolicy> policies, string missing)
    {
        var lookups = RulesOf(policies).Aggregate(Lookups.None, (known, rule) => known | DnsReach.OfPorts(rule));
        foreach (var policy in policies)
        {
            var rules = RulesOf([policy]);
            if (rules.Count == 0) continue;
            if (lookups == Lookups.Both) findings.Unknown(policy.Policy, missing);
            else if (lookups == Lookups.None || rules.Exists(rule => DnsReach.OfPorts(rule) != Lookups.None)) Add(new DnsLack(lookups, AtCache: false, OnlyAddresses: false), policy, []);
        }
    }

    private void Add(DnsLack lack, GroupedPolicy policy, ImmutableArray<PodGroup> groups)
    {
        var rules = policy.Rules(Direction.Egress);
        var meant = rules.FirstOrDefault(_certain.IsMeant);
        var servers = context.Dns.IsKnown ? $"the name servers ({context.NamesOf(context.Dns.Pods)})" : "any name server";
        var mend = new DnsMend(context.Dns, _certain);
        var message = lack switch
        {
            { AtCache: true } => $"its pods reach {servers}, but not the NodeLocal DNSCache, which they ask first, at {ClusterDns.LocalCacheAddress}: no selector matches an address of their node",
            { Lookups: Lookups.Udp } when !context.Dns.IsKnown => "its rules admit name servers on UDP 53 only, not on TCP 53, which takes answers too long for UDP",
            { Lookups: Lookups.Tcp } when !context.Dns.IsKnown => "its rules admit name servers on TCP 53 only, not on UDP 53, which resolvers ask first",
            { Lookups: Lookups.Udp } => $"its pods may ask {servers} over UDP only, not over TCP {context.Dns.TcpPort}, which takes answers too long for UDP",
            { Lookups: Lookups.Tcp } => $"its pods may ask {servers} over TCP only, not over UDP {context.Dns.UdpPort}, which resolvers ask first",
            _ when meant is not null && context.Dns.IsKnown => $"the rule is for DNS, but does not admit {servers}: {mend.WhyNot(meant, policy.Policy)}",
            _ => $"its pods may make some connections, but no rule admits {servers} on UDP and TCP {context.Dns.UdpPort}",
        };
        var names = groups.IsEmpty ? null : context.NamesOf(groups.SelectMany(Asking));
        var effect = lack.Lookups switch
        {
            Lookups.Udp => $"{names} cannot look up names whose answers are too long for UDP",
            Lookups.Tcp => $"{names} can look up names only where the resolver is made to ask over TCP",
            _ when lack.AtCache => $"{names} cannot look up names, unless the network plugin always lets traffic to the own node pass",
            _ => $"{names} cannot look up names",
        };

        // A mend in a policy that selects others as well would open DNS for them too: for a person to decide.
        var isSure = groups.IsEmpty || policy.Selected.All(group => groups.Contains(group) && Asking(group).Count() == group.Pods.Length);
        var (told, edits) = lack.AtCache ? DnsMend.ForCache(policy.Policy) : mend.For(lack.Lookups, policy, meant);
        findings.Add(new Finding(card, policy.Policy, meant?.Rule.Location ?? policy.Policy.Location, message)
        {
            Severity = lack.OnlyAddresses ? Severity.Note : card.Severity,
            Field = meant?.Path ?? "spec.egress",
            Effects = names is null ? [] : [effect],
            Mend = isSure ? told : $"{told}; as a policy of its own for {names}, since this one selects other pods too",
            Edits = isSure ? edits : [],
        });
    }
}
