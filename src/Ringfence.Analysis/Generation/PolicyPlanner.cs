using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>Makes the policies of some namespaces from flows: default deny, DNS, and one policy for each side of a flow.</summary>
/// <param name="isolated">The namespaces.</param>
/// <param name="dns">Who answers names; null where no pod looks up any.</param>
internal sealed class PolicyPlanner(IReadOnlyCollection<string> isolated, DnsServers? dns)
{
    public const string DefaultDeny = "default-deny";
    public const string AllowDns = "allow-dns";
    private const string AllPods = "all-pods";

    private readonly Dictionary<(string Namespace, LabelSelector Selector), (string Name, string About, PolicyDraft Draft)> _drafts = [];

    /// <summary>The policies, by namespace; the general ones first, then by name.</summary>
    public ImmutableArray<GeneratedPolicy> Plan(IReadOnlyList<FoundFlow> flows)
    {
        foreach (var flow in flows)
        {
            if (dns is not null && IsIsolated(flow.Source) && dns.Cover(flow)) continue;
            Open(Direction.Egress, flow.Source, flow.Destination, flow.Ports, flow.Origin);
            Open(Direction.Ingress, flow.Destination, flow.Source, flow.Ports, flow.Origin);
        }

        // Where the namespace of DNS is isolated itself, its servers answer everyone.
        foreach (var (side, ports) in dns?.Servers ?? [])
            if (side is SelectedSide { Pods.IsEmpty: false } server) Open(Direction.Ingress, server, new ClusterSide("*/*"), ports, "everyone looks up names");

        var policies = ImmutableArray.CreateBuilder<GeneratedPolicy>();
        foreach (var name in isolated.Order(StringComparer.Ordinal))
        {
            policies.Add(Deny(name));
            if (dns is not null) policies.Add(Dns(name, dns));
            policies.AddRange(Drafted(name));
        }

        return policies.ToImmutable();
    }

    private bool IsIsolated(FlowSide side) => side switch
    {
        SelectedSide pods => isolated.Contains(pods.Namespace),
        NamespaceSide all => isolated.Contains(all.Namespace),
        _ => false,
    };

    // Only isolated pods need a rule: of the others nothing is closed.
    private void Open(Direction direction, FlowSide subject, FlowSide other, FlowPorts ports, string origin)
    {
        if (ports.Numbers.IsEmpty && ports.Names.IsEmpty) return;
        switch (subject)
        {
            case SelectedSide pods when isolated.Contains(pods.Namespace):
                Draft(pods.Namespace, pods.Selector, pods.ShortName, pods.Name).Open(direction, other, ports, origin);
                break;
            case NamespaceSide all when isolated.Contains(all.Namespace):
                Draft(all.Namespace, LabelSelector.Everything, AllPods, $"every pod of {all.Namespace}").Open(direction, other, ports, origin);
                break;
            case ClusterSide or EveryoneSide:
                foreach (var name in isolated)
                    Draft(name, LabelSelector.Everything, AllPods, $"every pod of {name}").Open(direction, other, ports, origin);
                break;
        }
    }

    private PolicyDraft Draft(string @namespace, LabelSelector selector, string name, string about)
    {
        if (!_drafts.TryGetValue((@namespace, selector), out var known)) _drafts[(@namespace, selector)] = known = (name, about, new PolicyDraft(@namespace));
        return known.Draft;
    }

    private static GeneratedPolicy Deny(string name) => new()
    {
        Namespace = name,
        Name = DefaultDeny,
        Comments = [$"Nothing in and nothing out, for every pod of {name}: both directions are listed and neither has a rule.", "The other policies open what is wanted; a policy can only add."],
        PodSelector = LabelSelector.Everything,
    };

    private static GeneratedPolicy Dns(string name, DnsServers dns)
    {
        var draft = new PolicyDraft(name);
        foreach (var (side, ports) in dns.Servers) draft.Open(Direction.Egress, side, ports, "");
        return new GeneratedPolicy
        {
            Namespace = name,
            Name = AllowDns,
            Comments = [$"Every pod of {name} may look up names.", .. dns.Comments.SelectMany(comment => comment.Split('\n'))],
            PodSelector = LabelSelector.Everything,
            AffectsIngress = false,
            Egress = draft.Rules(Direction.Egress),
        };
    }

    private IEnumerable<GeneratedPolicy> Drafted(string @namespace)
    {
        var names = new HashSet<string>([DefaultDeny, AllowDns], StringComparer.Ordinal);
        var own = _drafts.Where(pair => pair.Key.Namespace == @namespace)
            .OrderBy(pair => pair.Value.Name, StringComparer.Ordinal).ThenBy(pair => pair.Key.Selector.ToString(), StringComparer.Ordinal);
        foreach (var (key, (name, about, draft)) in own)
        {
            var unique = name;
            for (var i = 2; !names.Add(unique); i++) unique = $"{name}-{i}";
            var (ingress, egress) = (draft.Rules(Direction.Ingress), draft.Rules(Direction.Egress));
            yield return new GeneratedPolicy
            {
                Namespace = @namespace,
                Name = unique,
                Comments = [$"{about}: {(ingress.IsEmpty ? "nothing comes in" : "what comes in")}, {(egress.IsEmpty ? "nothing goes out" : "what goes out")}."],
                PodSelector = key.Selector,
                Ingress = ingress,
                Egress = egress,
            };
        }
    }
}
