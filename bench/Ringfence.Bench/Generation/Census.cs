using Ringfence.Model;

namespace Ringfence.Bench.Generation;

/// <summary>Counts what a generated cluster is made of, in the terms in which real clusters are described. Slow on purpose: selectors are tried pod by pod.</summary>
internal static class Census
{
    public static IEnumerable<(string What, string Value)> Of(ClusterObjects objects)
    {
        var namespaces = objects.Namespaces.ToDictionary(item => item.Name, item => item.Labels);
        var pods = objects.Pods.Where(pod => !pod.Network.HostNetwork && !pod.IsFinished).ToList();
        var inNamespace = pods.GroupBy(pod => pod.Namespace).ToDictionary(group => group.Key, group => group.ToList());
        var policies = objects.NetworkPolicies;
        var selected = policies.Select(policy => inNamespace.TryGetValue(policy.Namespace, out var local) ? local.Count(pod => policy.PodSelector.Matches(pod.Labels)) : 0).ToList();
        var rules = policies.SelectMany(policy => policy.Ingress.Concat(policy.Egress).Select(rule => (policy, rule))).ToList();
        var peers = rules.SelectMany(pair => pair.rule.Peers.Select(peer => (pair.policy, peer))).ToList();
        var blocks = peers.Count(pair => pair.peer.IpBlock is not null);
        // Thousands of peers say the spread well enough, whatever the size of the cluster.
        var sample = peers.Where(pair => pair.peer.IpBlock is null).Where((_, i) => i % Math.Max(1, peers.Count / 4000) == 0);
        var reached = sample.Select(pair => Reached(pair.policy, pair.peer, namespaces, inNamespace)).ToList();
        var signatures = objects.Pods.Select(pod => (pod.Namespace, Labels: string.Join(',', pod.Labels.Where(label => label.Key != "pod-template-hash")))).Distinct().Count();

        yield return ("pods", $"{objects.Pods.Length}, {objects.Pods.Count(pod => pod.IsFinished)} finished, {objects.Pods.Count(pod => pod.Network.HostNetwork)} on the host's network");
        yield return ("namespaces", $"{objects.Namespaces.Length}");
        yield return ("label signatures", $"{signatures} without pod-template-hash, {100.0 * signatures / objects.Pods.Length:F0} % of pods");
        yield return ("policies", $"{policies.Length}, {selected.Count(count => count == 0)} select nothing, {policies.Count(policy => policy.Ingress.IsEmpty && policy.Egress.IsEmpty)} only deny");
        yield return ("selected pods", Spread(selected.Where(count => count > 0)));
        yield return ("peers", $"{peers.Count}, {100.0 * blocks / peers.Count:F0} % CIDRs, at most {rules.Max(pair => pair.rule.Peers.Count(peer => peer.IpBlock is not null))} blocks in a rule");
        yield return ("peer pods", Spread(reached));
        yield return ("ports a rule", Spread(rules.Select(pair => pair.rule.Ports.Length)));
    }

    private static int Reached(NetworkPolicy policy, PolicyPeer peer, Dictionary<string, LabelSet> namespaces, Dictionary<string, List<Pod>> pods)
    {
        var reached = 0;
        foreach (var (name, labels) in namespaces)
        {
            if (peer.NamespaceSelector is { } selector ? !selector.Matches(labels) : name != policy.Namespace) continue;
            if (!pods.TryGetValue(name, out var local)) continue;
            reached += peer.PodSelector is { } podSelector ? local.Count(pod => podSelector.Matches(pod.Labels)) : local.Count;
        }

        return reached;
    }

    private static string Spread(IEnumerable<int> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? "none" : $"median {sorted[sorted.Count / 2]}, mean {sorted.Average():F1}, max {sorted[^1]}";
    }
}
