using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Lab.Daemon;
using Ringfence.Model.Decoding;

namespace Ringfence.Lab.Seeding;

/// <summary>Reads manifests as the API takes objects: with all that they say, not only what concerns policies.</summary>
internal static class ManifestObjects
{
    private const string List = "List";

    /// <summary>The definitions of kinds, which are to be applied before the rest is read.</summary>
    /// <param name="manifests">The manifests, which were found to be without errors before.</param>
    public static IEnumerable<ManifestObject> ReadDefinitions(SentManifests manifests) =>
        Read(manifests, ServedKinds.BuiltIn, isOfDefinitions: true, out _);

    /// <summary>The objects, in the order in which they are to be applied; of those that stand there twice the last.</summary>
    /// <param name="manifests">The manifests, which were found to be without errors before.</param>
    /// <param name="kinds">The kinds that the API serves.</param>
    /// <param name="left">The kinds that the API does not have, and how often they stand there.</param>
    public static ImmutableArray<ManifestObject> Read(SentManifests manifests, ServedKinds kinds, out IReadOnlyDictionary<string, int> left) =>
        Read(manifests, kinds, isOfDefinitions: false, out left);

    private static ImmutableArray<ManifestObject> Read(SentManifests manifests, ServedKinds kinds, bool isOfDefinitions, out IReadOnlyDictionary<string, int> left)
    {
        var leftOut = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var objects = new Dictionary<(ResourceType, string, string), ManifestObject>();
        var number = 0;
        foreach (var file in manifests.Files)
            foreach (var root in Documents(file))
                Take(root, null, null, file.Name);
        left = leftOut;
        return [.. objects.Values.OrderBy(item => Rank(item.Type))];

        void Take(JsonNode? node, string? impliedVersion, string? impliedKind, string file)
        {
            if (node is not JsonObject value) return;
            var (version, kind) = (Text(value, "apiVersion") ?? impliedVersion, Text(value, "kind") ?? impliedKind);
            if (version is null || kind is null) return;
            if (kind.EndsWith(List, StringComparison.Ordinal) && value["items"] is JsonArray items)
            {
                var isTyped = kind.Length > List.Length;
                foreach (var item in items) Take(item, isTyped ? version : null, isTyped ? kind[..^List.Length] : null, file);
                return;
            }

            if (kinds.OfKind(version, kind) is not { } type || type.Kind is "Event" or "Lease" or "ControllerRevision")
            {
                leftOut[kind] = leftOut.GetValueOrDefault(kind) + 1;
                return;
            }

            if (type.Kind == "CustomResourceDefinition" != isOfDefinitions) return;

            var own = (JsonObject)value.DeepClone();
            own["apiVersion"] = version;
            own["kind"] = kind;
            if (own["metadata"] is not JsonObject metadata) return;
            // A file of ringfence test needs no name, and is no object then.
            if (type.Custom is not null && Text(metadata, "name") is null && Text(metadata, "generateName") is null) return;
            if (type.IsNamespaced && string.IsNullOrEmpty(Text(metadata, "namespace"))) metadata["namespace"] = manifests.Namespace ?? "default";
            if (!type.IsNamespaced) metadata.Remove("namespace");
            var item2 = new ManifestObject(type, own, file);
            var name = item2.Name.Length > 0 ? item2.Name : string.Create(CultureInfo.InvariantCulture, $"\0{number++}");
            objects[(type, item2.Namespace, name)] = item2;
        }
    }

    // What closes comes before what runs, and what owns before what is owned.
    private static int Rank(ResourceType type) => type.Kind switch
    {
        "Namespace" => 0,
        "Node" => 1,
        "NetworkPolicy" => 2,
        "Service" => 4,
        "EndpointSlice" or "Endpoints" => 5,
        "Deployment" or "StatefulSet" or "DaemonSet" or "CronJob" or "ReplicationController" => 6,
        "ReplicaSet" or "Job" => 7,
        "Pod" => 8,
        "Ingress" => 9,
        _ => 3,
    };

    private static List<JsonNode?> Documents(SentManifest file)
    {
        using var input = InputText.Open(new MemoryStream(file.Content.ToArray()));
        using var text = new MemoryStream();
        input.Text.CopyTo(text);
        var bytes = text.GetBuffer().AsMemory(0, (int)text.Length);
        return AsJson(bytes) ?? [.. YamlReader.Read(bytes).Select(document => document.Root is { } root ? NodeJson.Of(root) : null)];
    }

    private static List<JsonNode?>? AsJson(ReadOnlyMemory<byte> text)
    {
        if (text.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..]) return null;
        var reader = new Utf8JsonReader(text.Span, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = DocumentLimits.Depth + 1 });
        var found = new List<JsonNode?>();
        try
        {
            while (reader.Read()) found.Add(JsonNode.Parse(ref reader));
            return found;
        }
        catch (JsonException)
        {
            // YAML that begins with a brace.
            return null;
        }
    }

    private static string? Text(JsonObject value, string name) => value[name] is JsonValue text && text.TryGetValue(out string? found) && found.Length > 0 ? found : null;
}
