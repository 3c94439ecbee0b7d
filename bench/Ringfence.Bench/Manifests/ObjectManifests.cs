using Ringfence.Model;

namespace Ringfence.Bench.Manifests;

/// <summary>Writes namespaces and policies as the API server returns them.</summary>
internal static class ObjectManifests
{
    public static void Write(ManifestWriter to, Namespace value)
    {
        to.BeginObject();
        Head(to, "v1", value);
        to.BeginObject("spec");
        to.BeginArray("finalizers");
        to.Text(null, "kubernetes");
        to.EndArray();
        to.EndObject();
        to.BeginObject("status");
        to.Text("phase", "Active");
        to.EndObject();
        to.EndObject();
        to.NextDocument();
    }

    public static void Write(ManifestWriter to, NetworkPolicy value)
    {
        to.BeginObject();
        Head(to, "networking.k8s.io/v1", value);
        to.BeginObject("spec");
        if (value.AffectsEgress && !value.Egress.IsEmpty) Rules(to, "egress", "to", value.Egress);
        if (value.AffectsIngress && !value.Ingress.IsEmpty) Rules(to, "ingress", "from", value.Ingress);
        Selector(to, "podSelector", value.PodSelector);
        to.BeginArray("policyTypes");
        if (value.AffectsIngress) to.Text(null, "Ingress");
        if (value.AffectsEgress) to.Text(null, "Egress");
        to.EndArray();
        to.EndObject();
        to.EndObject();
        to.NextDocument();
    }

    public static void Write(ManifestWriter to, Node value)
    {
        to.BeginObject();
        Head(to, "v1", value);
        to.BeginObject("spec");
        to.BeginArray("podCIDRs");
        foreach (var range in value.PodCidrs) to.Text(null, range.ToString());
        to.EndArray();
        to.EndObject();
        Addresses(to, value);
        to.EndObject();
        to.NextDocument();
    }

    /// <summary>The status of a node: its addresses.</summary>
    public static void Addresses(ManifestWriter to, Node node)
    {
        to.BeginObject("status");
        to.BeginArray("addresses");
        foreach (var address in node.Addresses)
        {
            to.BeginObject();
            to.Text("address", address.ToString());
            to.Text("type", "InternalIP");
            to.EndObject();
        }

        to.EndArray();
        to.EndObject();
    }

    public static void Head(ManifestWriter to, string apiVersion, KubernetesObject value, string? generateName = null, string? ownerUid = null)
    {
        to.Text("apiVersion", apiVersion);
        to.Text("kind", value.Kind);
        to.BeginObject("metadata");
        if (value.Annotations.Count > 0)
        {
            to.BeginObject("annotations");
            foreach (var (key, text) in value.Annotations) to.Text(key, text);
            to.EndObject();
        }

        to.Text("creationTimestamp", "2025-03-14T09:26:53Z");
        if (generateName is not null) to.Text("generateName", generateName);
        if (value.Labels.Count > 0)
        {
            to.BeginObject("labels");
            foreach (var (key, label) in value.Labels) to.Text(key, label);
            to.EndObject();
        }

        to.Text("name", value.Name);
        if (value.Namespace.Length > 0) to.Text("namespace", value.Namespace);
        if (value.Owner is { } owner)
        {
            to.BeginArray("ownerReferences");
            to.BeginObject();
            to.Text("apiVersion", "apps/v1");
            to.Flag("blockOwnerDeletion", true);
            to.Flag("controller", true);
            to.Text("kind", owner.Kind);
            to.Text("name", owner.Name);
            to.Text("uid", ownerUid ?? Uid(owner.Name, value.Namespace));
            to.EndObject();
            to.EndArray();
        }

        to.Text("resourceVersion", (Hash(value.Name) % 900_000_000).ToString());
        to.Text("uid", Uid(value.Name, value.Namespace));
        to.EndObject();
    }

    /// <summary>A version 4 UUID that depends on the names alone.</summary>
    public static string Uid(string name, string @namespace)
    {
        var (a, b) = (Hash(name), Hash(@namespace + name));
        return $"{(uint)a:x8}-{(ushort)(a >> 32):x4}-4{(a >> 48) & 0xFFF:x3}-8{b & 0xFFF:x3}-{(b >> 16) & 0xFFFFFFFFFFFF:x12}";
    }

    public static void Selector(ManifestWriter to, string name, LabelSelector selector)
    {
        to.BeginObject(name);
        var labels = selector.Requirements.Where(requirement => requirement is { Operator: SelectorOperator.In, Values.Length: 1 }).ToList();
        var expressions = selector.Requirements.Except(labels).ToList();
        if (expressions.Count > 0)
        {
            to.BeginArray("matchExpressions");
            foreach (var expression in expressions)
            {
                to.BeginObject();
                to.Text("key", expression.Key);
                to.Text("operator", expression.Operator.ToString());
                if (!expression.Values.IsEmpty)
                {
                    to.BeginArray("values");
                    foreach (var value in expression.Values) to.Text(null, value);
                    to.EndArray();
                }

                to.EndObject();
            }

            to.EndArray();
        }

        if (labels.Count > 0)
        {
            to.BeginObject("matchLabels");
            foreach (var label in labels) to.Text(label.Key, label.Values[0]);
            to.EndObject();
        }

        to.EndObject();
    }

    private static void Rules(ManifestWriter to, string name, string peers, IEnumerable<PolicyRule> rules)
    {
        to.BeginArray(name);
        foreach (var rule in rules)
        {
            to.BeginObject();
            if (!rule.Peers.IsEmpty)
            {
                to.BeginArray(peers);
                foreach (var peer in rule.Peers) Peer(to, peer);
                to.EndArray();
            }

            if (!rule.Ports.IsEmpty)
            {
                to.BeginArray("ports");
                foreach (var port in rule.Ports) Port(to, port);
                to.EndArray();
            }

            to.EndObject();
        }

        to.EndArray();
    }

    private static void Peer(ManifestWriter to, PolicyPeer peer)
    {
        to.BeginObject();
        if (peer.IpBlock is { } block)
        {
            to.BeginObject("ipBlock");
            to.Text("cidr", block.Cidr.ToString());
            if (!block.Except.IsEmpty)
            {
                to.BeginArray("except");
                foreach (var except in block.Except) to.Text(null, except.ToString());
                to.EndArray();
            }

            to.EndObject();
        }

        if (peer.NamespaceSelector is { } namespaces) Selector(to, "namespaceSelector", namespaces);
        if (peer.PodSelector is { } pods) Selector(to, "podSelector", pods);
        to.EndObject();
    }

    private static void Port(ManifestWriter to, PolicyPort port)
    {
        to.BeginObject();
        if (port.Last > port.First) to.Number("endPort", port.Last);
        if (port.Name is not null) to.Text("port", port.Name);
        else if (!port.IsEveryPort) to.Number("port", port.First);
        to.Text("protocol", port.Protocol.ToText());
        to.EndObject();
    }

    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text) hash = unchecked((hash ^ letter) * 1099511628211UL);
        return hash ^ (hash >> 29);
    }
}
