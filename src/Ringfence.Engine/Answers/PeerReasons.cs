using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Words for peers: whom they mean, and why a party is not among them.</summary>
internal sealed class PeerReasons(Reachability reachability)
{
    // How much each fitting part of a peer counts; a fitting port counts 20, see Judgement.
    private const int NamespaceFits = 10;
    private const int EachLabelFits = 5;

    /// <summary>Whom a peer means, for example <c>pods app=rag-api of namespaces purpose=ml-ops</c>.</summary>
    public static string Describe(PolicyPeer peer, string policyNamespace)
    {
        if (peer.IpBlock is { } block) return block.ToString();
        var pods = peer.PodSelector is null or { IsEverything: true } ? "every pod" : $"pods {peer.PodSelector}";
        return peer.NamespaceSelector switch
        {
            null => $"{pods} of namespace {policyNamespace}",
            { IsEverything: true } => $"{pods} of every namespace",
            var selector => $"{pods} of namespaces {selector}",
        };
    }

    /// <summary>Why a peer does not match, and how near it came.</summary>
    public (string Reason, int Nearness) Mismatch(PolicyPeer peer, string policyNamespace, Party party)
    {
        if (peer.IpBlock is { } block)
        {
            var why = party.IsPod ? $"{block} holds no address of {Name(party)}" : $"{block} does not hold {party.Address}";
            return (why, !party.IsPod && block.Cidr.Contains(party.Address) ? NamespaceFits : 0);
        }

        var who = Describe(peer, policyNamespace);
        if (!party.IsPod) return ($"means {who}; selectors never match an address outside the cluster, such as {party.Address}", 0);
        var pod = reachability.PodAt(party.Pod);
        if (pod.Network.HostNetwork) return ($"means {who}; {Name(party)} is on its node's network, where no selector matches", 0);

        var selector = peer.PodSelector ?? LabelSelector.Everything;
        var fitting = selector.Requirements.Count(requirement => requirement.Matches(pod.Labels)) * EachLabelFits;
        if (NamespaceMismatch(peer, policyNamespace, pod) is { } why2) return ($"means {who}; {why2}", fitting);
        if (selector.Matches(pod.Labels)) return ($"means {who}; {Name(party)} has no address yet", NamespaceFits + fitting);
        return ($"means {who}; {Name(party)} {LabelMismatch(selector, pod.Labels)}", NamespaceFits + fitting);
    }

    /// <summary>Why the input cannot tell whether a peer matches.</summary>
    public string Unknown(PolicyPeer peer, Party party) => peer.IpBlock is { } block
        ? $"may match: the address of {Name(party)} is not in the input, so {block} may hold it"
        : $"may match: namespace {NamespaceOf(party)} is used but not declared, so it may have {peer.NamespaceSelector}";

    /// <summary>What the input would have to tell so that a rule can be judged.</summary>
    public string Missing(PolicyRule rule, Party party) => rule.Peers.Any(peer => peer.NamespaceSelector is not null) && !IsDeclared(party)
        ? $"the labels of namespace {NamespaceOf(party)}"
        : $"the address of {Name(party)}";

    private string? NamespaceMismatch(PolicyPeer peer, string policyNamespace, Pod pod)
    {
        if (peer.NamespaceSelector is not { } selector)
        {
            return pod.Namespace == policyNamespace
                ? null
                : $"without a namespaceSelector it stays in the policy's own namespace, and {pod.QualifiedName} is in {pod.Namespace}";
        }

        var labels = reachability.NamespaceAt(pod.Namespace).Labels;
        return selector.Matches(labels) ? null : $"namespace {pod.Namespace} {LabelMismatch(selector, labels)}";
    }

    private static string LabelMismatch(LabelSelector selector, LabelSet labels)
    {
        var failing = selector.Requirements.First(requirement => !requirement.Matches(labels));
        return labels.TryGet(failing.Key, out var value) ? $"has {failing.Key}={value}" : $"has no label {failing.Key}";
    }

    private string Name(Party party) => party.IsPod ? reachability.PodAt(party.Pod).QualifiedName : party.Address.ToString();

    private string NamespaceOf(Party party) => party.IsPod ? reachability.PodAt(party.Pod).Namespace : "";

    private bool IsDeclared(Party party) => !party.IsPod || reachability.NamespaceAt(NamespaceOf(party)).Declared;
}
