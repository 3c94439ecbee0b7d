using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>Merges a list whose entries are told apart by a key, or by their values.</summary>
/// <param name="field">The list.</param>
/// <param name="mergeEntry">Merges a patch into an entry, which it may change.</param>
internal sealed class MergeList(SchemaField field, Func<JsonObject, JsonObject, JsonObject> mergeEntry)
{
    /// <summary>The merged list: what both have in the patch's order, what only the server has where it was.</summary>
    /// <param name="old">The list that is there.</param>
    /// <param name="patch">Its changes.</param>
    /// <param name="order">The order wished for, by key; null for that of the patch.</param>
    public JsonArray Apply(JsonArray old, JsonArray patch, JsonArray? order)
    {
        if (field.IsSet) return Ordered([.. old.Concat(patch).DistinctBy(KeyOf)], old, order ?? patch, field);

        var entries = patch.Select(entry => entry as JsonObject ?? throw PatchText.Malformed($"{field.Name} has an entry that is no object")).ToList();
        var directives = entries.ConvertAll(StrategicMergePatch.DirectiveOf);
        if (directives.Contains("replace"))
            return [.. entries.Where((_, i) => directives[i] is null).Select(entry => (JsonNode)mergeEntry([], entry))];

        var merged = old.ToList();
        var places = Places(old, field);
        var deleted = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            var key = KeyOf(entries[i]) ?? throw PatchText.Malformed($"map: {entries[i].ToJsonString()} does not contain declared merge key: {field.Keys[0]}");
            if (directives[i] == "delete") deleted.Add(key);
            else if (places.TryGetValue(key, out var place)) merged[place] = mergeEntry(merged[place]!.DeepClone().AsObject(), entries[i]);
            else
            {
                places[key] = merged.Count;
                merged.Add(mergeEntry([], entries[i]));
            }
        }

        return Ordered(merged.Where(entry => !deleted.Contains(KeyOf(entry) ?? "")), old, order ?? patch, field);
    }

    /// <summary>
    /// Puts entries into a wished order. Those that it does not name keep their places before those that came after them on the server.
    /// </summary>
    /// <param name="entries">The entries.</param>
    /// <param name="server">The list as the server had it.</param>
    /// <param name="order">The wished order: entries of which the key is enough.</param>
    /// <param name="field">The list's field.</param>
    public static JsonArray Ordered(IEnumerable<JsonNode?> entries, JsonArray server, JsonArray order, SchemaField field)
    {
        var wishes = Places(order, field);
        var places = Places(server, field);
        var all = entries.Select(entry => (Entry: entry, Key: KeyOf(entry, field) ?? ""))
            .Select(item => (item.Entry, Wished: wishes.GetValueOrDefault(item.Key, -1), Was: places.GetValueOrDefault(item.Key, -1))).ToArray();
        var wished = all.Where(item => item.Wished >= 0).OrderBy(item => item.Wished).ToArray();
        var others = all.Where(item => item.Wished < 0).OrderBy(item => item.Was).ToArray();
        var result = new JsonArray();
        for (int i = 0, j = 0; i < others.Length || j < wished.Length;)
        {
            var takeOther = j == wished.Length || (i < others.Length && wished[j].Was >= 0 && others[i].Was >= 0 && others[i].Was < wished[j].Was);
            result.Add((takeOther ? others[i++] : wished[j++]).Entry?.DeepClone());
        }

        return result;
    }

    private static Dictionary<string, int> Places(JsonArray list, SchemaField field)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++) places.TryAdd(KeyOf(list[i], field) ?? "", i);
        return places;
    }

    private string? KeyOf(JsonNode? entry) => KeyOf(entry, field);

    private static string? KeyOf(JsonNode? entry, SchemaField field) =>
        (field.IsSet ? entry : (entry as JsonObject)?[field.Keys[0]])?.ToJsonString();
}
