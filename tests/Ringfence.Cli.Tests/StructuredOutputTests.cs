using System.Text.Json;
using Ringfence.Cli.Output;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ringfence.Cli.Tests;

public sealed class StructuredOutputTests
{
    private static readonly string[] Texts =
    [
        "", " ", "plain", "TCP 80,90-95; UDP 53", "a: b", "a:b", "a #b", "#a", "- a", "10.0.0.0/8", "80", "0x10", "1e3", "true", "No", "y", "null", "~",
        "two\nlines", "tab\there", "quote\"s", "back\\slash", "'x'", "{a}", "[a]", "*a", "&a", "!a", "%a", "@a", "`a", "a ", "é", "🙂", "\u0007", "ingress[0]",
        "shop/db ingress[0]", "a -> b", "key:", "/path/to", "2001:db8::/32", "2024-01-01", "12:30", "\u2028", "=", "<<",
    ];

    [Fact]
    public void Yaml_EveryText_ReadsBackAsItself()
    {
        foreach (var text in Texts)
        {
            var scalar = Assert.IsType<YamlScalarNode>(Load(writer =>
            {
                writer.StartObject();
                writer.Field("key", text);
                writer.EndObject();
            })["key"]);
            Assert.Equal(text, scalar.Value);
            // Quoted, or of a form that no YAML version takes for anything but a string.
            if (scalar.Style == ScalarStyle.Plain) Assert.Matches("^[A-Za-z/]", text);
        }
    }

    [Fact]
    public void Yaml_SameCallsAsJson_SayTheSame()
    {
        using var text = new StringWriter();
        using (var json = new JsonOutput(text)) Sample(json);
        using var document = JsonDocument.Parse(text.ToString());
        AssertSame(document.RootElement, Load(Sample));
    }

    [Fact]
    public void Yaml_Layout_IsKubectls()
    {
        using var text = new StringWriter();
        using (var yaml = new YamlOutput(text)) Sample(yaml);
        Assert.Equal(
            """
            apiVersion: ringfence.dev/v1alpha1
            kind: Sample
            empty: {}
            none: []
            names:
            - a
            - "- b"
            items:
            - name: first
              on: true
              size: 3
              nested:
                nothing: null
                more:
                - deep: []
            - {}
            lists:
            - - 1
              - 2
            - []
            value: ["a", 80]

            """.ReplaceLineEndings("\n").Replace("  on:", "  \"on\":"),
            text.ToString());
    }

    [Fact]
    public void Json_ValueThatIsNoJson_IsWrittenAsText()
    {
        using var text = new StringWriter();
        using (var json = new JsonOutput(text))
        {
            json.StartObject();
            json.Name("value");
            json.Json("not json");
            json.EndObject();
        }

        Assert.Equal("{\n  \"value\": \"not json\"\n}\n", text.ToString());
    }

    private static void Sample(StructuredWriter writer)
    {
        writer.StartAnswer("Sample");
        writer.Object("empty", () => { });
        writer.List("none", []);
        writer.List("names", ["a", "- b"]);
        writer.Name("items");
        writer.StartArray();
        writer.StartObject();
        writer.Field("name", "first");
        writer.Field("on", true);
        writer.Field("size", 3);
        writer.Object("nested", () =>
        {
            writer.Field("nothing", null);
            writer.List("more", [1], _ => writer.List("deep", []));
        });
        writer.EndObject();
        writer.StartObject();
        writer.EndObject();
        writer.EndArray();
        writer.Name("lists");
        writer.StartArray();
        writer.StartArray();
        writer.Value(1);
        writer.Value(2);
        writer.EndArray();
        writer.StartArray();
        writer.EndArray();
        writer.EndArray();
        writer.Name("value");
        writer.Json("[\"a\", 80]");
        writer.EndObject();
    }

    private static YamlMappingNode Load(Action<StructuredWriter> write)
    {
        using var text = new StringWriter();
        using (var yaml = new YamlOutput(text)) write(yaml);
        var stream = new YamlStream();
        using var reader = new StringReader(text.ToString());
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static void AssertSame(JsonElement json, YamlNode yaml)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var mapping = Assert.IsType<YamlMappingNode>(yaml);
                Assert.Equal(json.EnumerateObject().Select(property => property.Name), mapping.Children.Keys.Select(key => ((YamlScalarNode)key).Value));
                foreach (var property in json.EnumerateObject()) AssertSame(property.Value, mapping[property.Name]);
                break;
            case JsonValueKind.Array:
                var sequence = Assert.IsType<YamlSequenceNode>(yaml);
                Assert.Equal(json.GetArrayLength(), sequence.Children.Count);
                foreach (var (element, node) in json.EnumerateArray().Zip(sequence.Children)) AssertSame(element, node);
                break;
            default:
                Assert.Equal(json.ValueKind == JsonValueKind.String ? json.GetString() : json.GetRawText(), ((YamlScalarNode)yaml).Value);
                break;
        }
    }
}
