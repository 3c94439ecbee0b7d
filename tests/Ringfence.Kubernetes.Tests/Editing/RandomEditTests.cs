using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.Manifests.Editing;
using Ringfence.Model;
using Ringfence.Model.Decoding;
using Node = Ringfence.Model.Decoding.Node;

namespace Ringfence.Kubernetes.Tests.Editing;

/// <summary>Random policies, written in random styles, and random edits: what is read afterwards is the edited policy, and comments stay.</summary>
public sealed class RandomEditTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Apply_RandomEdit_GivesTheEditedPolicy(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 250; round++)
        {
            var policy = RandomPolicy(random);
            var (edit, wanted) = RandomEdit(random, policy);
            var style = new RandomStyle(random);
            var text = style.Write(policy);
            var item = ManifestEditorTests.Read(text).NetworkPolicies.Single(each => each.Name == "edited");

            var outcome = ManifestEditor.Apply(Encoding.UTF8.GetBytes(text), [[edit with { Object = item }]]);

            var after = Encoding.UTF8.GetString(outcome.Content.Span);
            // What is written already is refused, and what would take away the comments of what it replaces.
            if (JsonNode.DeepEquals(policy, wanted)) continue;
            if (edit.Kind == EditKind.Set && text.Contains("# behind", StringComparison.Ordinal) && outcome.Refused is [{ Reason: "a comment stands in what would be replaced" }]) continue;
            Assert.True(outcome.Refused.IsEmpty, $"seed {seed}, round {round}: {edit.Kind} {edit.Path} = {edit.Value}: {outcome.Refused.FirstOrDefault().Reason}\n{text}");
            var documents = YamlReader.Read(outcome.Content).Select(document => Plain(document.Root!)).ToList();
            Assert.True(
                JsonNode.DeepEquals(Plain(YamlReader.Read(Encoding.UTF8.GetBytes(wanted.ToJsonString())).Single().Root!), documents[style.Place]),
                $"seed {seed}, round {round}: {edit.Kind} {edit.Path} = {edit.Value}\n{text}\n=>\n{after}");
            Assert.Equal(style.Comments, style.Comments.Where(comment => after.Contains(comment, StringComparison.Ordinal)));
        }
    }

    private static JsonObject RandomPolicy(Random random)
    {
        var spec = new JsonObject { ["podSelector"] = Selector(random) };
        foreach (var (rules, peers) in (ReadOnlySpan<(string, string)>)[("ingress", "from"), ("egress", "to")])
        {
            if (random.Next(4) == 0) continue;
            var list = new JsonArray();
            for (var i = random.Next(3); i > 0; i--)
            {
                var rule = new JsonObject();
                if (random.Next(3) > 0) rule[peers] = List(random, 3, () => new JsonObject { [random.Next(2) == 0 ? "podSelector" : "namespaceSelector"] = Selector(random) });
                if (random.Next(3) > 0) rule["ports"] = List(random, 3, () => new JsonObject { ["port"] = random.Next(2) == 0 ? JsonValue.Create(random.Next(1, 65536)) : JsonValue.Create("http") });
                list.Add(rule);
            }

            spec[rules] = list;
        }

        if (random.Next(2) == 0) spec["policyTypes"] = new JsonArray("Ingress");
        var metadata = new JsonObject { ["name"] = "edited" };
        if (random.Next(2) == 0) metadata["labels"] = new JsonObject { ["app.kubernetes.io/name"] = "x", ["b"] = "1" };
        return new JsonObject { ["apiVersion"] = "networking.k8s.io/v1", ["kind"] = "NetworkPolicy", ["metadata"] = metadata, ["spec"] = spec };
    }

    private static JsonObject Selector(Random random)
    {
        var selector = new JsonObject();
        if (random.Next(3) > 0) selector["matchLabels"] = new JsonObject { ["app"] = "web", ["example.org/tier"] = "1" };
        return selector;
    }

    private static JsonArray List(Random random, int most, Func<JsonNode> item) => new([.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => item())]);

    private static (ManifestEdit Edit, JsonObject Wanted) RandomEdit(Random random, JsonObject policy)
    {
        var wanted = (JsonObject)policy.DeepClone();
        var places = Places(wanted).Where(place => place.Path.StartsWith("spec.", StringComparison.Ordinal) || place.Path.StartsWith("metadata.labels", StringComparison.Ordinal)).ToList();
        var (path, node, parent, key) = places[random.Next(places.Count)];
        var values = new (string Yaml, Func<JsonNode> Value)[]
        {
            ("[Egress]", () => new JsonArray("Egress")),
            ("{}", () => new JsonObject()),
            ("- port: 53\n  protocol: UDP\n- port: 53\n  protocol: TCP", () => new JsonArray(new JsonObject { ["port"] = 53, ["protocol"] = "UDP" }, new JsonObject { ["port"] = 53, ["protocol"] = "TCP" })),
            ("matchLabels:\n  k8s-app: kube-dns", () => new JsonObject { ["matchLabels"] = new JsonObject { ["k8s-app"] = "kube-dns" } }),
            ("\"8080\"", () => "8080"),
        };
        var (yaml, value) = values[random.Next(values.Length)];
        switch (random.Next(5))
        {
            case 0 when node is JsonArray list:
                list.Add(value());
                return (Edit(EditKind.Append, path, yaml), wanted);
            case 1:
                if (parent is JsonObject holder) holder.Remove(key);
                else ((JsonArray)parent).RemoveAt(int.Parse(key));
                return (Edit(EditKind.Remove, path, null), wanted);
            case 2 when parent is JsonObject mapping:
                mapping.Remove(key);
                mapping["renamed"] = node?.DeepClone();
                return (Edit(EditKind.Rename, path, "renamed"), wanted);
            case 3 when node is JsonObject inner:
                inner["new.field/x"] = value();
                return (Edit(EditKind.Set, $"{path}[new.field/x]", yaml), wanted);
            default:
                if (parent is JsonObject fields) fields[key] = value();
                else ((JsonArray)parent)[int.Parse(key)] = value();
                return (Edit(EditKind.Set, path, yaml), wanted);
        }

        static ManifestEdit Edit(EditKind kind, string path, string? value) => new(null!, kind, path, value);
    }

    private static IEnumerable<(string Path, JsonNode? Node, JsonNode Parent, string Key)> Places(JsonNode node, string path = "")
    {
        var children = node switch
        {
            JsonObject mapping => mapping.Select(pair => (FieldPaths.Join(path, pair.Key), pair.Value, pair.Key)),
            JsonArray list => list.Select((item, at) => ($"{path}[{at}]", item, $"{at}")),
            _ => [],
        };
        foreach (var (childPath, child, key) in children.ToList())
        {
            yield return (childPath, child, node, key);
            if (child is null) continue;
            foreach (var place in Places(child, childPath)) yield return place;
        }
    }

    private static JsonNode Plain(Node node) => node switch
    {
        MappingNode mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, Plain(entry.Value)))),
        SequenceNode list => new JsonArray([.. list.Items.Select(Plain)]),
        _ => JsonValue.Create($"{((ScalarNode)node).Kind} {((ScalarNode)node).Text}"),
    };
}
