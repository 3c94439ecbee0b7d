using System.Collections.Immutable;
using Ringfence.Analysis.Lint.Inference;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>AI workloads that can reach the internet or the metadata address, or that anybody can reach.</summary>
internal sealed class AiExposed : LintRule
{
    // Together at least this many addresses are the internet, not somebody's API: of IPv4 a /8, of IPv6 a /32.
    private static readonly UInt128 Wide = (UInt128)1 << 24;
    private static readonly UInt128 WideSix = (UInt128)1 << 96;

    // What is public, but for the private blocks that are too small to count.
    private static readonly Address FirstFour = Address.Parse("1.0.0.0");
    private static readonly Address LastFour = Address.Parse("223.255.255.255");
    private static readonly Prefix Private = Prefix.Parse("10.0.0.0/8");
    private static readonly Prefix Global = Prefix.Parse("2000::/3");

    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF021",
        Slug = "ai-exposed",
        Severity = Severity.Warning,
        SecuritySeverity = 7.5,
        Title = "An AI workload that reaches too far, or that anybody can reach",
        Explanation =
            """
            A model server, a vector store, an agent or a tool server does what the text it is given makes it do. If it can reach the internet, it can carry data out; if it can reach the
            cloud's metadata address, it can fetch the node's credentials; if anybody can reach it, anybody can ask it. **This is our inference, not Kubernetes' word**: a workload is
            recognised by the label or annotation `ringfence.dev/ai-role` (`model-server`, `vector-store`, `agent`, `tool-server`; confidence *declared*), or by well-known images and ports (*inferred*).
            The internet means at least 16 million public addresses: an API's own block is no finding.
            """,
        Mend = "Isolate it in both directions: admit its callers by label, and let it out to its own services, to DNS and to the blocks it needs. `ringfence generate` has templates for each role.",
        Source = "https://kubernetes.io/docs/tasks/administer-cluster/securing-a-cluster/#restricting-cloud-metadata-api-access",
        IsInference = true,
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: qdrant, namespace: ai-platform, labels: {app: qdrant}}
            spec: {containers: [{name: qdrant, image: "qdrant/qdrant:v1.12.4", ports: [{containerPort: 6333}]}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: qdrant, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: qdrant}}
              policyTypes: [Ingress]
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
                ports: [{port: 6333}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: qdrant, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: qdrant}}
              policyTypes: [Ingress, Egress]
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
                ports: [{port: 6333}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        if (context.Snapshot.Pods.IsEmpty)
        {
            foreach (var policy in context.Objects.NetworkPolicies) findings.Unknown(policy, "no workloads supplied");
            return;
        }

        foreach (var entry in context.View.Workloads)
        {
            var declared = context.ObjectOf(entry);
            if (entry.HostNetwork || AiWorkload.Of(declared, context.Snapshot.Pods[entry.Pods[0]].Pod) is not { } found) continue;
            var exposures = Exposures(context, entry).ToImmutableArray();
            if (exposures.IsEmpty) continue;
            findings.Add(new Finding(Card, declared, declared.Location, $"{entry.Name} {(found.IsDeclared ? "is" : "seems to be")} a{(found.Role == "agent" ? "n" : "")} {found.Role} ({found.Evidence}), and {string.Join(", and ", exposures.Select(each => each.What))}")
            {
                Effects = [.. exposures.Select(each => each.Effect)],
                Confidence = found.IsDeclared ? "declared" : "inferred",
            });
        }
    }

    private static IEnumerable<(string What, string Effect)> Exposures(LintContext context, ViewEntry entry)
    {
        var pod = Party.OfPod(entry.Pods[0]);
        if (Internet(context, entry) is { IsEmpty: false } internet) yield return ("can reach the internet", $"{entry.Name} can open {Words(internet)} to addresses all over the internet");

        // IPv6 says something only where the cluster has it.
        var addresses = SpecialAddresses.Metadata.Where(address => context.View.OutsideDestinations.Any(range => range.Range!.Value.First.Family == address.Family));
        foreach (var address in addresses)
        {
            var open = context.Reachability.BetweenByPolicy(pod, Party.OfAddress(address)).Certain;
            if (!open.Contains(Protocol.Tcp, SpecialAddresses.MetadataPort)) continue;
            yield return ("can reach the cloud's metadata address", $"{entry.Name} can open TCP 80 to {address}, which hands out the node's credentials on most clouds");
            break;
        }

        var everyone = FromEveryone(context.Groups.Of(entry.Pods[0]));
        if (!everyone.IsEmpty) yield return ("anybody can reach it", $"every pod of every namespace whose own egress allows it can open {Words(everyone)} to {entry.Name}");
    }

    private static string Words(ConnectionSet open) => open.IsAll ? "every connection" : open.ToString();

    /// <summary>What is open to the internet; nothing where too few addresses are open to be called so.</summary>
    private static ConnectionSet Internet(LintContext context, ViewEntry entry)
    {
        var (open, four, six) = (ConnectionSet.None, UInt128.Zero, UInt128.Zero);
        foreach (var outside in context.View.OutsideDestinations)
        {
            var (range, reach) = (outside.Range!.Value, context.View.Between(entry, outside).Certain);
            if (reach.IsEmpty) continue;
            open = open.Union(reach);
            if (range.First.Family == IpFamily.V4) four += Shared(range, FirstFour, LastFour) - Shared(range, Private.First, Private.Last);
            else six += Shared(range, Global.First, Global.Last);
        }

        return four >= Wide || six >= WideSix ? open : ConnectionSet.None;
    }

    private static UInt128 Shared(AddressRange range, Address first, Address last)
    {
        var (from, to) = (range.First > first ? range.First : first, range.Last < last ? range.Last : last);
        return from <= to ? to.Value - from.Value + 1 : 0;
    }

    /// <summary>What ingress admits from a pod of which nothing is known.</summary>
    private static ConnectionSet FromEveryone(PodGroup group)
    {
        if (!group.IsIsolated(Direction.Ingress)) return ConnectionSet.All;
        var open = ConnectionSet.None;
        foreach (var policy in group.Policies)
            foreach (var rule in policy.Rules(Direction.Ingress))
                if (rule.IsForEveryone || rule.Peers.Any(peer => peer.Peer is { NamespaceSelector.IsEverything: true, PodSelector: null or { IsEverything: true } }))
                    open = open.Union(rule.PortsAt(group));
        return open;
    }
}
