using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Storage;
using Ringfence.Kubernetes.ApiServer.Tables;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Brings objects into the form that a client wants.</summary>
/// <param name="type">The kind.</param>
/// <param name="form">The form.</param>
/// <param name="rowObject">How much of each object the rows of tables carry.</param>
/// <param name="time">Tells the time, for ages.</param>
internal sealed class ObjectEncoder(ResourceType type, ObjectForm form, RowObject rowObject, TimeProvider time)
{
    /// <summary>The encoder that a request wants.</summary>
    /// <exception cref="ApiException">It accepts nothing that there is.</exception>
    public static ObjectEncoder Of(HttpRequest request, ResourceType type, TimeProvider time) => new(type, Acceptance.Choose(request), request.Query.Text("includeObject") switch
    {
        "" or "Metadata" => RowObject.Metadata,
        "None" => RowObject.None,
        "Object" => RowObject.Object,
        var other => throw Refusal.BadRequest($"unrecognized includeObject value: \"{other}\""),
    }, time);

    /// <summary>The form.</summary>
    public ObjectForm Form => form;

    /// <summary>The kind that is served.</summary>
    public ResourceType Type => type;

    /// <summary>The kind of lists.</summary>
    public (string Kind, string ApiVersion) List => form == ObjectForm.Metadata ? ("PartialObjectMetadataList", "meta.k8s.io/v1") : (type.ListKind, type.ApiVersion);

    /// <summary>Answers with one object.</summary>
    public Task WriteAsync(HttpContext context, int code, StoredObject stored) =>
        form == ObjectForm.Plain ? Answer.WriteAsync(context, code, stored.In(type)) : Answer.WriteAsync(context, code, Document(stored));

    /// <summary>One object as it is sent.</summary>
    public ReadOnlyMemory<byte> Encode(StoredObject stored) => form switch
    {
        ObjectForm.Plain => stored.In(type).Json,
        ObjectForm.Metadata => ObjectJson.Write(Metadata(stored)),
        _ => ObjectJson.Write(Document(stored)),
    };

    /// <summary>One object as a document.</summary>
    public JsonObject Document(StoredObject stored)
    {
        if (form == ObjectForm.Plain) return stored.In(type).Parse();
        if (form == ObjectForm.Metadata) return Metadata(stored);
        var table = Table([stored]);
        table["metadata"] = new JsonObject { ["resourceVersion"] = stored.Version.ToString() };
        return table;
    }

    /// <summary>Objects as a table, without list metadata.</summary>
    public JsonObject Table(IEnumerable<StoredObject> objects) => TableWriter.Write(Kept, objects.Select(each => each.In(Kept).Parse()), rowObject, time.GetUtcNow());

    /// <summary>What tells a version alone.</summary>
    public JsonObject Bookmark(long version, bool isEndOfInitial)
    {
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(), ["creationTimestamp"] = null };
        if (isEndOfInitial) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        var mark = new JsonObject
        {
            ["kind"] = form == ObjectForm.Plain ? type.Kind : "PartialObjectMetadata",
            ["apiVersion"] = form == ObjectForm.Plain ? type.ApiVersion : "meta.k8s.io/v1",
            ["metadata"] = metadata,
        };
        if (form != ObjectForm.Table) return mark;
        var table = Table([]);
        table.Remove("columnDefinitions");
        table["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString() };
        table["rows"] = new JsonArray(new JsonObject { ["cells"] = new JsonArray(), ["object"] = mark });
        return table;
    }

    private ResourceType Kept => type.KeptAs ?? type;

    private static JsonObject Metadata(StoredObject stored)
    {
        var metadata = stored.Parse()["metadata"]!.DeepClone();
        return new JsonObject { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = metadata };
    }
}
