using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>RFC 6902 patches (<c>application/json-patch+json</c>): operations one after another.</summary>
public static class JsonPatch
{
    // As the API server has it.
    private const int MaxOperations = 10_000;

    // A few operations that copy a value into itself would fill the memory.
    private const int MaxCopied = 100_000;

    /// <summary>A patched copy.</summary>
    /// <param name="value">The object; it is left as it is.</param>
    /// <param name="patch">The patch as UTF-8 JSON.</param>
    /// <exception cref="ApiException">400: the patch is no patch; 413: it is too large; 422: it does not fit the object, or a test in it fails.</exception>
    public static JsonObject Apply(JsonObject value, ReadOnlyMemory<byte> patch)
    {
        ArgumentNullException.ThrowIfNull(value);
        var operations = PatchText.Parse(patch) as JsonArray ?? throw PatchText.Malformed("a JSON patch is a list of operations");
        if (operations.Count > MaxOperations)
            throw new ApiException(
                413, "RequestEntityTooLarge",
                $"Request entity too large: The allowed maximum operations in a JSON patch is {MaxOperations}, got {operations.Count}");

        var result = value.DeepClone().AsObject();
        var copied = 0;
        foreach (var entry in operations)
        {
            var operation = entry as JsonObject ?? throw PatchText.Malformed("an operation of a JSON patch is an object");
            result = Apply(result, operation, ref copied);
        }

        return result;
    }

    private static JsonObject Apply(JsonObject root, JsonObject operation, ref int copied)
    {
        var name = Text(operation, "op");
        var path = JsonPointer.Parse(Text(operation, "path"));
        switch (name)
        {
            case "test":
                if (!JsonValues.AreEqual(path.Get(root), Value(operation))) throw PatchText.DoesNotFit($"testing value {Text(operation, "path")} failed");
                return root;
            case "add" or "replace" when path.IsRoot:
                return Fitting(Value(operation), path) as JsonObject ?? throw PatchText.DoesNotFit("the object cannot become something else");
            case "add":
                path.Add(root, Fitting(Value(operation), path));
                return root;
            case "replace":
                path.Replace(root, Fitting(Value(operation), path));
                return root;
            case "remove" when !path.IsRoot:
                path.Remove(root);
                return root;
            case "move" or "copy" when !path.IsRoot:
                var from = JsonPointer.Parse(Text(operation, "from"));
                if (name == "move" && (from.IsRoot || path.IsWithin(from))) throw PatchText.DoesNotFit("a value cannot be moved into itself");
                var moved = name == "move" ? from.Remove(root) : from.Get(root)?.DeepClone();
                if (name == "copy" && (copied += JsonValues.Measure(moved).Count) > MaxCopied) throw PatchText.DoesNotFit("it copies too much");
                path.Add(root, Fitting(moved, path));
                return root;
            case "remove" or "move" or "copy":
                throw PatchText.DoesNotFit($"the operation \"{name}\" is not for the whole object");
            default:
                throw PatchText.Malformed($"the operation \"{name}\" is not known");
        }
    }

    private static JsonNode? Fitting(JsonNode? value, JsonPointer path) =>
        path.Length + JsonValues.Measure(value).Depth <= JsonValues.MaxDepth ? value : throw PatchText.DoesNotFit("the object would be nested too deeply");

    private static string Text(JsonObject operation, string field) =>
        JsonValues.AsText(operation[field]) ?? throw PatchText.Malformed($"an operation has no \"{field}\"");

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw PatchText.Malformed("an operation has no \"value\"");
}
