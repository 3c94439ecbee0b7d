using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>An entry of <c>metadata.ownerReferences</c>.</summary>
internal sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool IsController, bool BlocksDeletion);

/// <summary>One version of an object, read once, for controllers to look at; nobody changes it.</summary>
internal sealed class Mirrored(StoredObject stored)
{
    private JsonObject? _body;
    private LabelSet? _labels;
    private LabelSelector? _selector;
    private ImmutableArray<OwnerReference> _owners;
    private bool _hasSelector;

    /// <summary>As it is stored.</summary>
    public StoredObject Stored { get; } = stored;

    /// <summary>Its key.</summary>
    public ObjectKey Key => new(Stored.Type, Stored.Namespace, Stored.Name);

    /// <summary>Its kind.</summary>
    public ResourceType Type => Stored.Type;

    /// <summary>Its namespace; empty for a kind without.</summary>
    public string Namespace => Stored.Namespace;

    /// <summary>Its name.</summary>
    public string Name => Stored.Name;

    /// <summary>Its version.</summary>
    public long Version => Stored.Version;

    /// <summary>Lets go of what was read but its identity: it is read again when somebody asks.</summary>
    public void Rest() => _body = null;

    /// <summary>All of it. Only to be read: copy what is to be changed.</summary>
    public JsonObject Body => _body ??= Stored.Parse();

    /// <summary><c>metadata.uid</c>.</summary>
    public string Uid => field ??= Body.Text("metadata", "uid") ?? "";

    /// <summary><c>metadata.labels</c>.</summary>
    public LabelSet Labels => _labels ??= Body.Labels("metadata", "labels");

    /// <summary><c>metadata.ownerReferences</c>.</summary>
    public ImmutableArray<OwnerReference> Owners => _owners.IsDefault ? _owners = ReadOwners() : _owners;

    /// <summary>The owner that controls it; null where there is none.</summary>
    public OwnerReference? Controller
    {
        get
        {
            foreach (var owner in Owners)
                if (owner.IsController) return owner;
            return null;
        }
    }

    /// <summary>Whether it is being deleted.</summary>
    public bool IsDeleting => Body.Text("metadata", "deletionTimestamp") is not null;

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created => Body.Time("metadata", "creationTimestamp") ?? default;

    /// <summary><c>metadata.generation</c>; 0 where the kind has none.</summary>
    public int Generation => Body.Number("metadata", "generation") ?? 0;

    /// <summary><c>spec.selector</c> of a workload, as a label selector; null where it has none that can be read.</summary>
    public LabelSelector? Selector
    {
        get
        {
            if (_hasSelector) return _selector;
            _hasSelector = true;
            return _selector = Type == Kinds.ReplicationControllers ? MapSelector : SelectorFields.Read(Body.Object("spec", "selector"));
        }
    }

    /// <summary><c>spec.selector</c> of a Service, a plain map of labels.</summary>
    public LabelSelector MapSelector => field ??= SelectorFields.ReadMap(Body.Labels("spec", "selector"));

    /// <summary>An annotation; null where there is none.</summary>
    public string? Annotation(string key) => Body.Text("metadata", "annotations", key);

    /// <summary>Whether it has a finalizer.</summary>
    public bool HasFinalizer(string name) => Body.Texts("metadata", "finalizers").Contains(name, StringComparer.Ordinal);

    /// <summary>The reference that makes it the controller of another object.</summary>
    public JsonObject ControllerReference() => new()
    {
        ["apiVersion"] = Type.ApiVersion,
        ["kind"] = Type.Kind,
        ["name"] = Name,
        ["uid"] = Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    private ImmutableArray<OwnerReference> ReadOwners() =>
    [
        .. Body.Items("metadata", "ownerReferences").Select(owner => new OwnerReference(
            owner.Text("apiVersion") ?? "",
            owner.Text("kind") ?? "",
            owner.Text("name") ?? "",
            owner.Text("uid") ?? "",
            owner.IsTrue("controller"),
            owner.IsTrue("blockOwnerDeletion"))),
    ];
}
