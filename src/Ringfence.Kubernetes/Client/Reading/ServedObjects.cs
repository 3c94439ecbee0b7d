using Ringfence.Kubernetes.ApiServer;
using Ringfence.Model;
using Ringfence.Model.Decoding;
using Node = Ringfence.Model.Decoding.Node;

namespace Ringfence.Kubernetes.Client.Reading;

/// <summary>What was read of an object that a server gave.</summary>
/// <param name="Object">The object; null where it cannot be read.</param>
/// <param name="Refused">What is known of it where it cannot be read; null otherwise.</param>
internal readonly record struct ServedObject(KubernetesObject? Object, RefusedObject? Refused);

/// <summary>
/// Reads the objects of one kind as a server gives them: what the server knows and this program does not is passed over, and CIDRs may be as old
/// releases took them. Not thread-safe.
/// </summary>
internal sealed class ServedObjects
{
    private readonly ResourceType _type;
    private readonly DecodeOptions _options;
    private readonly PodBytes? _pods;
    private readonly JsonTree _tree = new();
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly bool _keepsPlaces;

    /// <summary>Makes a reader.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="keepsPlaces">Whether objects are to know their place, which is their name.</param>
    /// <param name="strictCidr">Whether CIDRs are checked as from Kubernetes 1.36; what a server has accepted is valid for it either way.</param>
    public ServedObjects(ResourceType type, bool keepsPlaces = true, bool strictCidr = false)
    {
        _type = type;
        _keepsPlaces = keepsPlaces;
        _options = new DecodeOptions { StrictCidr = strictCidr };
        if (type is { Group: "", Version: "v1", Kind: "Pod" })
            _pods = new PodBytes(_options, null) { Place = keepsPlaces ? Location.OfServed : static (_, _) => default };
    }

    /// <summary>What is wrong with the last object, and what is worth telling of it.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    /// <summary>Reads an object.</summary>
    public ServedObject Read(ReadOnlySpan<byte> text)
    {
        _diagnostics.Clear();
        if (_pods?.TryRead(text, 0, 0, isPod: true) is { } pod) return new ServedObject(pod, null);

        var document = _tree.Read(text, 0, 0);
        if (document.Root is not MappingNode root)
            return Refused("", "", document.Problem?.Message ?? "is no object");
        var (@namespace, name) = NameOf(root);
        var place = Location.OfServed(@namespace, name);
        var kind = root.Text("kind");
        if (kind is not null && kind != _type.Kind && kind != "PartialObjectMetadata") return Refused(@namespace, name, $"is a {kind}");
        var decoded = ObjectDecoder.Decode(root, _type.ApiVersion, _type.Kind, _keepsPlaces ? place.File : null, _options, _diagnostics);
        var error = _diagnostics.Find(diagnostic => diagnostic.Severity == Severity.Error);
        if (error is not null) return Refused(@namespace, name, error.FieldError?.ToString() ?? error.Message);
        return decoded.Object is { } item ? new ServedObject(item, null) : Refused(@namespace, name, "is of a kind that is not read");
    }

    private ServedObject Refused(string @namespace, string name, string why)
    {
        if (_diagnostics.Count == 0)
            _diagnostics.Add(new Diagnostic(Severity.Error, "unreadable", $"an object of kind {_type.Kind} {why}", _keepsPlaces ? Location.OfServed(@namespace, name) : default));
        return new ServedObject(null, new RefusedObject(_type.Kind, @namespace, name, why));
    }

    private static (string Namespace, string Name) NameOf(MappingNode root) =>
        root.TryGet("metadata", out Node? node) && node is MappingNode metadata ? (metadata.Text("namespace") ?? "", metadata.Text("name") ?? "") : ("", "");
}
