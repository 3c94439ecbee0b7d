using System.Collections.Immutable;

namespace Ringfence.Model.Decoding;

/// <summary>Decodes the kinds that have no namespace: namespaces and nodes.</summary>
internal static class ClusterDecoder
{
    public static Namespace? Namespace(ObjectScope scope)
    {
        var metadata = Metadata.Read(scope, KnownFields.Object, options: null, nameIsLabel: true);
        scope.Fields(scope.Root, null).Object("spec", KnownFields.NamespaceSpec);
        return metadata?.ApplyTo(new Namespace { Name = metadata.Name });
    }

    public static Model.Node? Node(ObjectScope scope)
    {
        var metadata = Metadata.Read(scope, KnownFields.Object, options: null);
        var root = scope.Fields(scope.Root, null);
        var addresses = ImmutableArray.CreateBuilder<Address>();
        foreach (var item in root.Object("status", null).List("addresses") ?? [])
        {
            var entry = scope.Fields(item, null);
            if (entry.Text("type") is "InternalIP" or "ExternalIP" && PodDecoder.ReadAddress(scope, entry["address"]) is { } address && !addresses.Contains(address))
                addresses.Add(address);
        }

        var spec = root.Object("spec", KnownFields.NodeSpec);
        var cidrs = ImmutableArray.CreateBuilder<Prefix>();
        foreach (var item in spec.List("podCIDRs") ?? []) AddCidr(scope, item, cidrs);
        AddCidr(scope, spec["podCIDR"], cidrs);
        return metadata?.ApplyTo(new Model.Node
        {
            Name = metadata.Name,
            Addresses = addresses.DrainToImmutable(),
            PodCidrs = cidrs.DrainToImmutable(),
        });
    }

    private static void AddCidr(ObjectScope scope, Node? node, ImmutableArray<Prefix>.Builder cidrs)
    {
        if (scope.Text(node) is not { Length: > 0 } text) return;
        if (!Prefix.TryParse(text, out var prefix)) scope.Invalid(node!, $"\"{Excerpt.Of(text)}\" is not a CIDR block");
        else if (!cidrs.Contains(prefix)) cidrs.Add(prefix);
    }
}
