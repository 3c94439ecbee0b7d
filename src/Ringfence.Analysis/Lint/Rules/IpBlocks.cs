using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>ipBlocks that mean pods or Services, reach too far, except in vain, or name sources that pods never see.</summary>
internal sealed class IpBlocks : LintRule
{
    // A block of so few addresses means something in particular.
    private const int FewFour = 24;
    private const int FewSix = 112;

    // A range of Service addresses is no larger.
    private const int ServicesFour = 12;
    private const int ServicesSix = 64;

    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF015",
        Slug = "ip-block",
        Severity = Severity.Warning,
        SecuritySeverity = 6.5,
        Title = "An ipBlock that does not do what it seems to",
        Explanation =
            """
            An `ipBlock` is for addresses outside the cluster. Four things go wrong with it. It names **pods or Services**: pods' addresses change with every pod, and a Service's address is
            replaced by a pod's before policy sees it. It is **wide**, as `0.0.0.0/0` for "the internet", and so takes in the address at which clouds hand out a machine's credentials
            (169.254.169.254), and the private ranges with other machines and pods. Its **exceptions** keep nobody out, because another block or policy admits them: `except` is no denial.
            Or it names **clients that pods never see**, because a node or an Ingress controller puts its own address in their place.
            """,
        Mend = "Use selectors for pods. Give wide blocks an `except` for 169.254.169.254/32 and for private ranges that are not meant. Filter clients where their addresses are still known.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: agent, namespace: ai-platform, labels: {app: agent}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: coredns, namespace: kube-system, labels: {k8s-app: kube-dns}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: dns, namespace: ai-platform}
            spec:
              podSelector: {}
              policyTypes: [Egress]
              egress:
              - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
                ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: agent, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: agent}}
              policyTypes: [Egress]
              egress:
              - to: [{ipBlock: {cidr: 0.0.0.0/0}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: agent, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: agent}}
              policyTypes: [Egress]
              egress:
              - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10]}}]
                ports: [{port: 443}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        var (addresses, entrances) = (new ClusterAddresses(context.Objects), new Lazy<Entrances>(() => new Entrances(context)));
        foreach (var policy in context.Groups.Policies)
        {
            if (policy.Selected.IsEmpty && context.MissingWorkloadsOf(policy.Policy.Namespace) is null) continue;
            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                foreach (var rule in policy.Rules(direction))
                    for (var i = 0; i < rule.Peers.Length; i++)
                    {
                        if (rule.Peers[i].Block is not { } block) continue;
                        var use = new Use(policy, rule, i, block);
                        foreach (var finding in (Finding?[])
                        [
                            MeantForCluster(context, addresses, use),
                            direction == Direction.Egress ? ReachesTooFar(context, findings, use) : SeesNoClient(entrances.Value, use),
                            .. use.Block.Except.Select((except, at) => ExceptsInVain(use, except, at)),
                        ])
                            if (finding is not null) findings.Add(finding);
                    }
        }
    }

    private Finding? MeantForCluster(LintContext context, ClusterAddresses addresses, Use use)
    {
        var few = use.Block.Cidr.Length >= (use.Block.Cidr.Family == IpFamily.V4 ? FewFour : FewSix);
        var pods = use.Rule.Peers[use.At].Groups.Where(group => !group.HostNetwork);
        const string Selectors = "use a podSelector, with a namespaceSelector where they are in another namespace";
        if (addresses.NodeOfPods(use.Block) is { } node)
            return Of(use, $"{use.Block.Cidr} lies in the pods' range of node {node.Name}: which pods it means changes with every pod that starts{(pods.Any() ? $"; now {Names()}" : "")}") with { Mend = Selectors };
        if (few && pods.Any()) return Of(use, $"{use.Block.Cidr} holds the addresses of pods ({Names()}), which the next pods will not have") with { Mend = Selectors };
        if (pods.Any() || use.Block.Cidr.Length < (use.Block.Cidr.Family == IpFamily.V4 ? ServicesFour : ServicesSix) || addresses.HasNodesOrTheirPods(use.Block)) return null;
        var services = addresses.Services(use.Block).Select(service => service.QualifiedName).Distinct().Order(StringComparer.Ordinal).ToList();
        if (services.Count == 0) return null;
        return Of(use, $"{use.Block.Cidr} holds the cluster {(services.Count == 1 ? "address of Service" : "addresses of Services")} {ChangeText.Some(services)}: a Service's address is replaced by a pod's before policy is asked, so this peer "
            + (use.Rule.Direction == Direction.Egress ? "opens nothing" : "admits nobody"))
            with { Mend = "select the pods behind the Service, and their target port", Confidence = "inferred" };

        string Names() => context.NamesOf(pods.SelectMany(group => group.Pods.ToArray()));
    }

    private Finding? ReachesTooFar(LintContext context, Findings findings, Use use)
    {
        var metadata = SpecialAddresses.Metadata.Where(address => use.Block.Contains(address) && use.Block.Cidr.Length < Address.Bits(address.Family) / 2
            && use.Rule.NumberedPorts.Contains(Protocol.Tcp, SpecialAddresses.MetadataPort)).ToList();
        var hasPrivateExcept = use.Block.Except.Any(except => SpecialAddresses.Private.Any(range => SpecialAddresses.Holds(range, except) || SpecialAddresses.Holds(except, range)));
        var ranges = hasPrivateExcept ? [] : SpecialAddresses.Private.Where(range => range.Length > use.Block.Cidr.Length && use.Block.Cidr.Contains(range.First)).ToList();
        if (metadata.Count == 0 && ranges.Count == 0) return null;
        var what = metadata.ConvertAll(address => $"{address}, where clouds hand out a machine's credentials");
        if (ranges.Count > 0) what.Add($"the private {(ranges.Count == 1 ? "range" : "ranges")} {string.Join(", ", ranges)}, with other machines and pods");
        var excepts = metadata.Select(SpecialAddresses.Alone).Concat(ranges);
        return Of(use, $"{use.Block} takes in {string.Join("; and ", what)}") with
        {
            Severity = metadata.Count > 0 ? Card.Severity : Severity.Note,
            Effects = metadata.Count == 0 || use.Policy.Selected.IsEmpty || findings.AreMany ? [] : [$"{context.NamesOf(use.Policy.Selected)} can open TCP {SpecialAddresses.MetadataPort} to {string.Join(" and ", metadata)}"],
            Mend = $"except: [{string.Join(", ", excepts)}]{(ranges.Count > 0 ? ", those of them that are not meant" : "")}",
            Edits = [.. metadata.Select(address => new ManifestEdit(use.Policy.Policy, EditKind.Append, $"{use.Path}.except", SpecialAddresses.Alone(address).ToString()))],
        };
    }

    private Finding? SeesNoClient(Entrances entrances, Use use)
    {
        var named = SpecialAddresses.IsPublic(use.Block.Cidr) ? use.Block.Cidr : use.Block.Except.Cast<Prefix?>().FirstOrDefault(except => SpecialAddresses.IsPublic(except!.Value));
        if (named is not { } clients || entrances.To(use.Policy, use.Rule) is not { } via) return null;
        return Of(use, $"{clients} names clients whose addresses the pods may never see: {via}") with
        {
            Confidence = "inferred",
            Mend = "filter clients at the load balancer (loadBalancerSourceRanges) or in the Ingress controller, or set externalTrafficPolicy: Local on the Service",
        };
    }

    private Finding? ExceptsInVain(Use use, Prefix except, int at)
    {
        var excepted = new IpBlock(except, []);
        foreach (var policy in use.Policy.Selected.IsEmpty ? [use.Policy] : Overlap.Others(use.Policy, use.Rule.Direction).Where(other => other.Selected.IsSupersetOf(use.Policy.Selected)).Prepend(use.Policy))
            foreach (var rule in policy.Rules(use.Rule.Direction))
            {
                if (!Implied.PortsBy(rule, use.Rule)) continue;
                var blocks = rule.Peers.Where(peer => peer.Block is { } block && Implied.By(block, excepted)).Select(peer => peer.Block!).ToList();
                if (!rule.IsForEveryone && blocks.Count == 0) continue;
                return Of(use, $"the exception {except} keeps nothing out: {(ReferenceEquals(policy, use.Policy) ? rule.Path : $"{policy} {rule.Path}")} admits it, and what one rule admits no exception of another takes away") with
                {
                    // Written for just these addresses: likely meant.
                    Severity = blocks.Exists(block => block.Cidr == except) ? Severity.Note : Card.Severity,
                    Field = $"{use.Path}.except[{at}]",
                    Mend = "give the same exception to the other rule too, or take this one away",
                };
            }

        return null;
    }

    private Finding Of(Use use, string message) => new(Card, use.Policy.Policy, use.Rule.Peers[use.At].Peer.Location, message) { Field = use.Path };

    /// <summary>A block where it is used.</summary>
    private sealed record Use(GroupedPolicy Policy, GroupedRule Rule, int At, IpBlock Block)
    {
        public string Path => $"{Rule.PathOf(At)}.ipBlock";
    }
}
