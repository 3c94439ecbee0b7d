using Ringfence.Model.Policies;

namespace Ringfence.Model.Decoding;

/// <summary>How objects are decoded.</summary>
public sealed record DecodeOptions
{
    /// <summary>The namespace of namespaced objects that name none; <c>default</c> where null.</summary>
    public string? DefaultNamespace { get; init; }

    /// <summary>Whether CIDRs are checked as from Kubernetes 1.36.</summary>
    public bool StrictCidr { get; init; } = true;

    /// <summary>Whether a NetworkPolicy without a namespace is an error, unless <see cref="DefaultNamespace"/> is given.</summary>
    public bool RequireNamespace { get; init; }
}

/// <summary>What became of an object.</summary>
/// <param name="Object">The object; null where it was refused or skipped.</param>
/// <param name="SkippedKind">Its kind, where it says nothing about reach; null otherwise.</param>
public readonly record struct DecodedObject(KubernetesObject? Object, string? SkippedKind);

/// <summary>Decodes objects strictly: unknown fields, repeated keys and wrong types are errors with their place. Thread-safe.</summary>
public static class ObjectDecoder
{
    /// <summary>Decodes one object.</summary>
    /// <param name="root">The object.</param>
    /// <param name="apiVersion">Its <c>apiVersion</c>, or the one that the list around it implies.</param>
    /// <param name="kind">Its <c>kind</c>, or the one that the list around it implies.</param>
    /// <param name="file">The file that it stands in.</param>
    /// <param name="options">How to decode.</param>
    /// <param name="diagnostics">Where to report what is wrong.</param>
    public static DecodedObject Decode(
        MappingNode root, string apiVersion, string kind, string? file, DecodeOptions options, ICollection<Diagnostic> diagnostics)
    {
        var (treatment, current) = ObjectVersions.Of(apiVersion, kind);
        if (treatment == Treatment.Skip) return new DecodedObject(null, kind);

        var scope = new ObjectScope(root, file, Describe(root, kind, options), diagnostics);
        var place = (root.TryGet("apiVersion", out var version) ? version : root).In(file);
        if (treatment is Treatment.ReadOld or Treatment.Refuse)
            scope.Error(
                ObjectVersions.IsOld(apiVersion, kind) ? "old-api-version" : "unknown-api-version",
                ObjectVersions.IsOld(apiVersion, kind)
                    ? $"{Excerpt.Of(apiVersion)} {kind} is no longer served by Kubernetes: write apiVersion: {current}" +
                      (treatment == Treatment.Refuse && kind == "Ingress" ? " (its backends are written differently there)" : "")
                    : $"{kind} is in {current}, not in \"{Excerpt.Of(apiVersion)}\": write apiVersion: {current}",
                place);
        if (treatment == Treatment.Refuse) return default;
        if (treatment == Treatment.Warn) return new DecodedObject(Unevaluated(scope, apiVersion, kind, options), null);
        return new DecodedObject(
            kind switch
            {
                "NetworkPolicy" => PolicyDecoder.Decode(scope, options),
                "Pod" => PodDecoder.Decode(scope, options),
                "Namespace" => ClusterDecoder.Namespace(scope),
                "Node" => ClusterDecoder.Node(scope),
                "Service" => ServiceDecoder.Service(scope, options),
                "EndpointSlice" => ServiceDecoder.EndpointSlice(scope, options),
                "Ingress" => IngressDecoder.Decode(scope, options),
                _ => WorkloadDecoder.Decode(scope, kind, options),
            },
            null);
    }

    private static UnevaluatedPolicy? Unevaluated(ObjectScope scope, string apiVersion, string kind, DecodeOptions options)
    {
        var metadata = Metadata.Read(scope, known: null, ObjectVersions.IsClusterScoped(kind) ? null : options);
        if (metadata is null) return null;
        scope.Add(new Diagnostic(
            Severity.Warning, "not-evaluated",
            $"{scope.Description} ({apiVersion}) is not evaluated, and it can change every answer", metadata.Location, scope.Description));
        return metadata.ApplyTo(new UnevaluatedPolicy { Name = metadata.Name, ObjectKind = kind, ApiVersion = apiVersion });
    }

    // For messages only, so lenient: the object may be wrong in any way.
    private static string Describe(MappingNode root, string kind, DecodeOptions options)
    {
        if (!root.TryGet("metadata", out var node) || node is not MappingNode metadata) return kind;
        var name = metadata.Text("name") ?? metadata.Text("generateName");
        if (name is null) return kind;
        var clusterScoped = ObjectVersions.IsClusterScoped(kind);
        var @namespace = metadata.Text("namespace");
        if (string.IsNullOrEmpty(@namespace)) @namespace = clusterScoped || options.RequireNamespace ? options.DefaultNamespace : options.DefaultNamespace ?? "default";
        return clusterScoped || string.IsNullOrEmpty(@namespace) ? $"{kind} {Excerpt.Of(name)}" : $"{kind} {Excerpt.Of(@namespace)}/{Excerpt.Of(name)}";
    }
}
