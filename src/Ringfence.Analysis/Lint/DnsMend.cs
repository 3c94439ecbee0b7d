using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Analysis.Lint;

/// <summary>Says what is missing in policies that do not admit the name servers, and how to add it.</summary>
internal sealed class DnsMend(ClusterDns dns, DnsReach reach)
{
    /// <summary>Why a rule for DNS does not admit the name servers.</summary>
    public string WhyNot(GroupedRule rule, NetworkPolicy policy)
    {
        var name = LabelSet.Of(Namespace.NameLabel, dns.PodNamespace);
        if (rule.IsForEveryone || reach.ToSome(rule) != Lookups.None || rule.Peers.Any(peer => MatchesServers(peer.Peer, policy)))
            return $"they listen on UDP {dns.UdpPort} and TCP {dns.TcpPort}";
        if (rule.Peers.All(peer => peer.Block is not null)) return "it names addresses, and policies see the name servers' pods, not their Service";
        var peer = rule.Peers.First(peer => peer.Block is null).Peer;
        return peer.NamespaceSelector is null
            ? $"without a namespaceSelector it stays in namespace {policy.Namespace}, and they are in {dns.PodNamespace}"
            : !peer.NamespaceSelector.Matches(name)
                ? $"namespace {dns.PodNamespace} does not have {peer.NamespaceSelector}"
                : $"their labels are {dns.PodLabels}, not {peer.PodSelector}";
    }

    /// <summary>How to admit the name servers.</summary>
    /// <param name="lookups">What is admitted already.</param>
    /// <param name="policy">The policy to mend.</param>
    /// <param name="meant">Its rule that is for DNS; null where it has none.</param>
    public (string Mend, ImmutableArray<ManifestEdit> Edits) For(Lookups lookups, GroupedPolicy policy, GroupedRule? meant)
    {
        var missing = lookups == Lookups.Udp ? Protocol.Tcp : Protocol.Udp;
        if (meant is not null && lookups is Lookups.Udp or Lookups.Tcp && (!dns.IsKnown || reach.ToSome(meant) == lookups))
            return ($"add {missing.ToText()} {dns.PortOf(missing)} to its ports", [Append(policy.Policy, $"{meant!.Path}.ports", Port(missing))]);
        if (meant is { Peers: [{ Peer: { IpBlock: null } peer }] } && dns.IsKnown && !MatchesServers(peer, policy.Policy) && HasOnlyDns(meant))
        {
            var edits = ImmutableArray.CreateBuilder<ManifestEdit>();
            if (peer.NamespaceSelector?.Matches(LabelSet.Of(Namespace.NameLabel, dns.PodNamespace)) is not true)
                edits.Add(new ManifestEdit(policy.Policy, EditKind.Set, $"{meant.PathOf(0)}.namespaceSelector", NamespaceText));
            if (peer.PodSelector?.Matches(dns.PodLabels) is false)
                edits.Add(new ManifestEdit(policy.Policy, EditKind.Set, $"{meant.PathOf(0)}.podSelector", LabelsText));
            return ($"name them by namespace {Namespace.NameLabel}: {dns.PodNamespace} and labels {dns.PodLabels}", edits.ToImmutable());
        }

        var rule = $"to:\n- namespaceSelector:\n    {Indent(NamespaceText, 4)}\n  podSelector:\n    {Indent(LabelsText, 4)}\nports:\n- {Indent(Port(Protocol.Udp), 2)}\n- {Indent(Port(Protocol.Tcp), 2)}";
        return ($"add an egress rule to pods {dns.PodLabels} of namespace {dns.PodNamespace}, on UDP {dns.UdpPort} and TCP {dns.TcpPort}", [Append(policy.Policy, "spec.egress", rule)]);
    }

    /// <summary>How to admit the NodeLocal DNSCache.</summary>
    public static (string Mend, ImmutableArray<ManifestEdit> Edits) ForCache(NetworkPolicy policy)
    {
        var block = $"{ClusterDns.LocalCacheAddress}/32";
        return ($"add an egress rule to ipBlock {block}, on UDP and TCP {ClusterDns.Port}",
            [Append(policy, "spec.egress", $"to:\n- ipBlock:\n    cidr: {block}\nports:\n- protocol: UDP\n  port: {ClusterDns.Port}\n- protocol: TCP\n  port: {ClusterDns.Port}")]);
    }

    private string NamespaceText => $"matchLabels:\n  {Namespace.NameLabel}: {YamlScalars.Write(dns.PodNamespace)}";

    private string LabelsText => $"matchLabels:\n  {string.Join("\n  ", dns.PodLabels.Select(label => $"{YamlScalars.Write(label.Key)}: {YamlScalars.Write(label.Value)}"))}";

    private bool MatchesServers(PolicyPeer peer, NetworkPolicy policy) => peer.IpBlock is null
        && (peer.NamespaceSelector is { } namespaces ? namespaces.Matches(LabelSet.Of(Namespace.NameLabel, dns.PodNamespace)) : policy.Namespace == dns.PodNamespace)
        && peer.PodSelector?.Matches(dns.PodLabels) is not false;

    private bool HasOnlyDns(GroupedRule rule) => rule.Rule.Ports.All(port => port.Name is not null || (port.First == port.Last && (port.First is ClusterDns.Port || port.First == dns.PortOf(port.Protocol))));

    private string Port(Protocol protocol) => $"protocol: {protocol.ToText()}\nport: {dns.PortOf(protocol)}";

    private static ManifestEdit Append(NetworkPolicy policy, string path, string value) => new(policy, EditKind.Append, path, value);

    private static string Indent(string text, int columns) => text.Replace("\n", "\n" + new string(' ', columns), StringComparison.Ordinal);
}
