using System.Collections.Immutable;
using Ringfence.Model.Policies;

namespace Ringfence.Model.Decoding;

/// <summary>Decodes NetworkPolicies: every level strictly, then with the API server's defaults and validation.</summary>
internal static class PolicyDecoder
{
    public static NetworkPolicy? Decode(ObjectScope scope, DecodeOptions options)
    {
        var manifest = Manifest(scope, options);

        // What is not of the right type cannot be validated; the errors there are would be followed by others that they cause.
        if (scope.HasErrors) return null;
        manifest = PolicyDefaults.Apply(manifest);
        scope.Refuse(PolicyValidation.Validate(manifest, options: new PolicyValidationOptions { StrictCidr = options.StrictCidr }));
        return scope.HasErrors ? null : PolicyBuilder.Build(manifest, path => FieldPaths.Nearest(scope.Root, path).In(scope.File));
    }

    /// <summary>The wire form of a policy; what is wrong with its fields and types is reported.</summary>
    public static PolicyManifest Manifest(ObjectScope scope, DecodeOptions options)
    {
        var root = scope.Fields(scope.Root, KnownFields.Object);
        var metadata = root.Object("metadata", KnownFields.ObjectMeta);
        var @namespace = metadata.Text("namespace");
        if (string.IsNullOrEmpty(@namespace)) @namespace = options.DefaultNamespace ?? (options.RequireNamespace ? @namespace : "default");
        foreach (var owner in metadata.List("ownerReferences") ?? []) scope.Fields(owner, KnownFields.OwnerReference);
        var spec = root.Object("spec", KnownFields.NetworkPolicySpec);
        return new PolicyManifest
        {
            Name = metadata.Text("name"),
            GenerateName = metadata.Text("generateName"),
            Namespace = @namespace,
            Labels = metadata.Map("labels"),
            Annotations = metadata.Map("annotations"),
            PodSelector = Selector(scope, spec["podSelector"]),
            Ingress = Rules(spec, "ingress", "from", KnownFields.IngressPolicyRule),
            Egress = Rules(spec, "egress", "to", KnownFields.EgressPolicyRule),
            PolicyTypes = spec.Texts("policyTypes"),
        };
    }

    private static RuleManifest[]? Rules(Fields spec, string name, string peers, FieldNames known) =>
        spec.List(name)?.Select(node =>
        {
            var rule = spec.Scope.Fields(node, known);
            var peerList = rule.List(peers);
            return new RuleManifest
            {
                Peers = peerList?.Select(peer => Peer(spec.Scope, peer)).ToArray(),
                Ports = rule.List("ports")?.Select(port => Port(spec.Scope, port)).ToArray(),
                Form = ObjectScope.IsNull(node) ? EveryoneForm.NullRule
                    : rule.Node?.TryGet(peers, out _) is true && peerList is null or { Count: 0 } ? EveryoneForm.Empty
                    : EveryoneForm.Absent,
            };
        }).ToArray();

    private static PeerManifest Peer(ObjectScope scope, Node node)
    {
        var peer = scope.Fields(node, KnownFields.PolicyPeer);
        IpBlockManifest? block = null;
        if (peer["ipBlock"] is { } blockNode)
        {
            var fields = scope.Fields(blockNode, KnownFields.IpBlock);
            block = new IpBlockManifest(fields.Text("cidr") ?? "", fields.Texts("except"));
        }

        return new PeerManifest
        {
            PodSelector = Selector(scope, peer["podSelector"]),
            NamespaceSelector = Selector(scope, peer["namespaceSelector"]),
            IpBlock = block,
        };
    }

    private static PortManifest Port(ObjectScope scope, Node node)
    {
        var port = scope.Fields(node, KnownFields.PolicyPort);
        var name = port["port"] is ScalarNode { Kind: ScalarKind.Text } text ? text.Text : null;
        return new PortManifest
        {
            Protocol = port.Text("protocol"),
            PortName = name,
            PortNumber = name is null ? scope.Int32(port["port"], "a number or a name") : null,
            EndPort = port.Int32("endPort"),
        };
    }

    private static SelectorManifest? Selector(ObjectScope scope, Node? node)
    {
        if (node is null) return null;
        var selector = scope.Fields(node, KnownFields.LabelSelector);
        return new SelectorManifest
        {
            MatchLabels = selector.Map("matchLabels"),
            MatchExpressions = selector.List("matchExpressions")?.Select(item =>
            {
                var expression = scope.Fields(item, KnownFields.LabelRequirement);
                return new ExpressionManifest(expression.Text("key") ?? "", expression.Text("operator") ?? "", expression.Texts("values"));
            }).ToArray(),
        };
    }
}
