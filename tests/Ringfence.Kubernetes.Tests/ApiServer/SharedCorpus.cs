using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Model.Decoding;
using Node = Ringfence.Model.Decoding.Node;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>The cases in <c>../shared/corpus</c>, as JSON.</summary>
internal static class SharedCorpus
{
    /// <summary>A file or folder of the corpus; skips the test where it is not there.</summary>
    public static string At(string path)
    {
        var found = Find(path);
        Assert.SkipWhen(found is null, $"../shared/corpus/{path} is not here");
        return found!;
    }

    /// <summary>A file or folder of the corpus; null where it is not there.</summary>
    public static string? Find(string path)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Ringfence.slnx"))) root = root.Parent;
        var full = Path.Combine(root?.FullName ?? ".", "../shared/corpus", path);
        return Path.Exists(full) ? full : null;
    }

    /// <summary>The objects of a file of manifests, those of lists one by one; none where it cannot be read.</summary>
    public static List<JsonObject> Objects(string file)
    {
        var objects = new List<JsonObject>();
        try
        {
            var tree = new YamlTree(File.ReadAllText(file), 1);
            while (tree.Next() is { } document) Add(Json(document), objects);
        }
        catch (Exception exception) when (exception is YamlDotNet.Core.YamlException or SyntaxException)
        {
            return [];
        }

        return objects;
    }

    private static void Add(JsonNode? value, List<JsonObject> objects)
    {
        if (value is not JsonObject item) return;
        if (item["items"] is JsonArray items && ((string?)item["kind"])?.EndsWith("List", StringComparison.Ordinal) == true)
            foreach (var inner in items) Add(inner?.DeepClone(), objects);
        else objects.Add(item);
    }

    private static JsonNode? Json(Node node) => node switch
    {
        MappingNode mapping => new JsonObject(mapping.Entries.GroupBy(entry => entry.Key).Select(same => KeyValuePair.Create(same.Key, Json(same.Last().Value)))),
        SequenceNode sequence => new JsonArray([.. sequence.Items.Select(Json)]),
        ScalarNode { Kind: ScalarKind.Integer } scalar => JsonValue.Create(long.Parse(scalar.Text, CultureInfo.InvariantCulture)),
        ScalarNode { Kind: ScalarKind.Real } scalar => JsonValue.Create(double.Parse(scalar.Text, CultureInfo.InvariantCulture)),
        ScalarNode { Kind: ScalarKind.Boolean } scalar => JsonValue.Create(scalar.Text == "true"),
        ScalarNode { Kind: ScalarKind.Text } scalar => JsonValue.Create(scalar.Text),
        _ => null,
    };
}
