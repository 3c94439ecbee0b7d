using System.Collections.Immutable;
using Ringfence.Model.Policies;

namespace Ringfence.Model.Decoding;

/// <summary>What is kept of an object's metadata.</summary>
internal sealed record Metadata(string Name, string Namespace, LabelSet Labels, LabelSet Annotations, OwnerReference? Owner, Location Location)
{
    public const string OwnAnnotations = "ringfence.dev/";

    /// <summary>Reads the metadata of an object with the usual top-level fields.</summary>
    /// <param name="scope">The object.</param>
    /// <param name="known">Its top-level fields; null where they are not checked.</param>
    /// <param name="options">Null for kinds that have no namespace.</param>
    /// <param name="nameIsLabel">Whether names of this kind are single DNS labels.</param>
    /// <returns>Null, with an error reported, where the object has no name.</returns>
    public static Metadata? Read(ObjectScope scope, FieldNames? known, DecodeOptions? options, bool nameIsLabel = false)
    {
        // An object with both came from an API server, which knows the fields that it serves.
        if (scope.Root.TryGet("metadata", out var node) && node is MappingNode raw && raw.Text("uid") is not null && raw.Text("resourceVersion") is not null)
            scope.Strict = false;
        var metadata = scope.Fields(scope.Root, known).Object("metadata", known is null ? null : KnownFields.ObjectMeta);
        var labels = ReadLabels(metadata);
        var annotations = metadata.Map("annotations")?.Where(pair => pair.Key.StartsWith(OwnAnnotations, StringComparison.Ordinal)).ToArray();
        var owner = ReadOwner(metadata);
        var given = metadata.Text("namespace");
        var @namespace = options is null ? "" : string.IsNullOrEmpty(given) ? options.DefaultNamespace ?? "default" : given;
        var name = metadata.Text("name");
        if (string.IsNullOrEmpty(name) && metadata.Text("generateName") is { Length: > 0 } prefix) name = $"{prefix}*";
        if (string.IsNullOrEmpty(name))
        {
            scope.Error("invalid", "metadata.name: a name is required", ((Node?)metadata.Node ?? scope.Root).In(scope.File), "metadata.name");
            return null;
        }

        var errors = new FieldErrorList();
        MetadataRules.CheckName(metadata.Text("name"), metadata.Text("generateName"), nameIsLabel ? NameFormat.DnsLabel : NameFormat.DnsSubdomain, errors);
        if (options is not null && !string.IsNullOrEmpty(given)) MetadataRules.CheckNamespace(given, errors);
        scope.Refuse(errors.ToImmutable());

        return new Metadata(
            name, @namespace, labels, annotations is { Length: > 0 } ? LabelSet.Create(annotations) : LabelSet.Empty, owner, scope.Root.In(scope.File));
    }

    public static LabelSet ReadLabels(Fields metadata)
    {
        if (metadata.Map("labels") is not { Count: > 0 } given) return LabelSet.Empty;
        var labels = LabelSet.Create(given);
        if (SelectorRules.AreValid(labels)) return labels;
        var errors = new FieldErrorList();
        SelectorRules.CheckLabels(given, FieldPath.Root(FieldPaths.Of(metadata.Scope.Root, metadata["labels"]!) ?? "metadata.labels"), errors);
        metadata.Scope.Refuse(errors.ToImmutable());
        return labels;
    }

    public T ApplyTo<T>(T target)
        where T : KubernetesObject =>
        target with { Namespace = Namespace, Labels = Labels, Annotations = Annotations, Owner = Owner, Location = Location };

    private static OwnerReference? ReadOwner(Fields metadata)
    {
        OwnerReference? first = null;
        foreach (var node in metadata.List("ownerReferences") ?? [])
        {
            var owner = metadata.Scope.Fields(node, KnownFields.OwnerReference);
            var isController = owner.Flag("controller") == true;
            if (owner.Text("name") is not { Length: > 0 } name) continue;
            var reference = new OwnerReference(owner.Text("kind") ?? "", name);
            if (isController) return reference;
            first ??= reference;
        }

        return first;
    }
}
