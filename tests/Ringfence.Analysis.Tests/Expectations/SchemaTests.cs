using System.Text;
using System.Text.Json;
using Ringfence.Analysis.Expectations;
using Ringfence.Model.Decoding;

namespace Ringfence.Analysis.Tests.Expectations;

/// <summary>The published schema takes what the reader takes, and refuses what it refuses.</summary>
public sealed class SchemaTests
{
    private static readonly string Root = FindRoot();
    private static readonly JsonSchema Schema = new(JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "schemas", "expectations.v1alpha1.schema.json"))).RootElement);

    public static TheoryData<string> Examples =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, "examples"), "*expectations.yaml", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Examples))]
    public void Example_IsTakenByBoth(string file)
    {
        var text = File.ReadAllText(Path.Combine(Root, file));

        Assert.Empty(ExpectationReader.Read(Encoding.UTF8.GetBytes(text), file).Diagnostics);
        Assert.True(Schema.Accepts(Json(text)));
    }

    // One entry each, in flow style; what stands for the whole entry begins with an equals sign.
    [Theory]
    [InlineData("from: a, to: b", true)]
    [InlineData("from: ns/a, to: ns/sts/b, ports: 80", true)]
    [InlineData("from: [a, external, everyone], to: svc/ns/b, ports: [80, 53/udp, 8000-8010/tcp, http, http/TCP, '443']", true)]
    [InlineData("from: everyone-else, to: 10.0.0.0/8", true)]
    [InlineData("from: {pods: app=a}, to: 'fd00::1'", true)]
    [InlineData("from: {pods: ''}, to: 'fd00::/8'", true)]
    [InlineData("from: {namespace: a, pods: 'b in (c,d)'}, to: {cidr: 'fd00::/8'}", true)]
    [InlineData("from: {namespaces: a=b}, to: {cidr: 10.0.0.1-10.0.0.9}", true)]
    [InlineData("from: {workload: a}, to: {service: b}", true)]
    [InlineData("from: a, to: {service: b/c}, ports: null", true)]
    [InlineData("from: a", false)]
    [InlineData("to: a", false)]
    [InlineData("from: a, to: null", false)]
    [InlineData("from: a, to: 5", false)]
    [InlineData("from: a, to: ''", false)]
    [InlineData("from: a, to: []", false)]
    [InlineData("from: a, to: [[b]]", false)]
    [InlineData("from: a, to: 'b:80'", false)]
    [InlineData("from: a, to: a/b/c/d", false)]
    [InlineData("from: a//b, to: b", false)]
    [InlineData("from: a, to: b, ports: []", false)]
    [InlineData("from: a, to: b, ports: 0", false)]
    [InlineData("from: a, to: b, ports: 65536", false)]
    [InlineData("from: a, to: b, ports: 1.5", false)]
    [InlineData("from: a, to: b, ports: true", false)]
    [InlineData("from: a, to: b, ports: [53/icmp]", false)]
    [InlineData("from: a, to: b, ports: [Http]", false)]
    [InlineData("from: a, to: b, ports: [http-too-long-for-a-name]", false)]
    [InlineData("from: a, to: b, port: 80", false)]
    [InlineData("from: svc/a/b, to: b", false)]
    [InlineData("from: a/Service/b, to: b", false)]
    [InlineData("from: {service: a}, to: b", false)]
    [InlineData("from: {}, to: b", false)]
    [InlineData("from: {pod: a}, to: b", false)]
    [InlineData("from: {pods: {app: a}}, to: b", false)]
    [InlineData("from: {namespace: ''}, to: b", false)]
    [InlineData("from: {namespace: a, namespaces: b}, to: b", false)]
    [InlineData("from: {workload: a, namespace: b}, to: b", false)]
    [InlineData("from: {workload: ''}, to: b", false)]
    [InlineData("from: {cidr: web}, to: b", false)]
    [InlineData("from: everyone-else, to: everyone-else", false)]
    [InlineData("from: [a, everyone-else], to: [everyone-else]", false)]
    public void Entry_IsTakenByBothOrNeither(string entry, bool isTaken) => Agree($"cases: [{{name: x, deny: [{{{entry}}}]}}]", isTaken);

    [Theory]
    [InlineData("cases: [{name: x, only: [{from: everyone-else, to: b}]}]", true)]
    [InlineData("cases: [{name: x, only: [{from: a, to: everyone-else}]}]", false)]
    [InlineData("cases: [{name: x, only: [{from: a, to: b}], allow: [], deny: null}]", true)]
    [InlineData("cases: [{name: x, allow: [], deny: null}]", false)]
    [InlineData("cases: [{name: x}]", false)]
    [InlineData("cases: [{name: ' ', deny: [{from: a, to: b}]}]", false)]
    [InlineData("cases: [{deny: [{from: a, to: b}]}]", false)]
    [InlineData("cases: [{name: 5, deny: [{from: a, to: b}]}]", false)]
    [InlineData("cases: [{name: x, deny: {from: a, to: b}}]", false)]
    [InlineData("cases: [x]", false)]
    [InlineData("cases: []", false)]
    [InlineData("cases: null", false)]
    [InlineData("case: []", false)]
    [InlineData("namespace: a, manifests: ., cases: [{name: x, deny: [{from: a, to: b}]}]", true)]
    [InlineData("namespace: null, manifests: [., ../b], cases: [{name: x, deny: [{from: a, to: b}]}]", true)]
    [InlineData("namespace: '', cases: [{name: x, deny: [{from: a, to: b}]}]", false)]
    [InlineData("namespace: 5, cases: [{name: x, deny: [{from: a, to: b}]}]", false)]
    [InlineData("manifests: {a: b}, cases: [{name: x, deny: [{from: a, to: b}]}]", false)]
    [InlineData("metadata: {name: a, namespace: b, labels: {c: d}, annotations: {e: f}}, cases: [{name: x, deny: [{from: a, to: b}]}]", true)]
    [InlineData("metadata: null, cases: [{name: x, deny: [{from: a, to: b}]}]", true)]
    [InlineData("metadata: {labels: null}, cases: [{name: x, deny: [{from: a, to: b}]}]", true)]
    [InlineData("metadata: {nome: a}, cases: [{name: x, deny: [{from: a, to: b}]}]", false)]
    [InlineData("metadata: {name: 5}, cases: [{name: x, deny: [{from: a, to: b}]}]", false)]
    [InlineData("metadata: {labels: {a: 5}}, cases: [{name: x, deny: [{from: a, to: b}]}]", false)]
    [InlineData("metadata: a, cases: [{name: x, deny: [{from: a, to: b}]}]", false)]
    [InlineData("manifests: [5], cases: [{name: x, deny: [{from: a, to: b}]}]", false)]
    public void File_IsTakenByBothOrNeither(string fields, bool isTaken) => Agree(fields, isTaken);

    [Theory]
    [InlineData("{apiVersion: ringfence.dev/v1alpha1, kind: Expectation, cases: [{name: x, deny: [{from: a, to: b}]}]}")]
    [InlineData("{apiVersion: v1, kind: Expectations, cases: [{name: x, deny: [{from: a, to: b}]}]}")]
    [InlineData("[]")]
    public void OtherFile_IsTakenByNeither(string text) => AgreeOn(text, isTaken: false);

    [Fact]
    public void Definition_HasTheSameFields()
    {
        var definition = Json(File.ReadAllText(Path.Combine(Root, "deploy", "crds", "ringfence.dev_expectations.yaml")));
        var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "schemas", "expectations.v1alpha1.schema.json"))).RootElement;
        var file = schema.GetProperty("definitions");
        var names = definition.GetProperty("spec").GetProperty("names");
        var version = Assert.Single(definition.GetProperty("spec").GetProperty("versions").EnumerateArray());
        Assert.Equal(
            (ExpectationSet.ApiVersion, ExpectationSet.Kind),
            ($"{definition.GetProperty("spec").GetProperty("group").GetString()}/{version.GetProperty("name").GetString()}", names.GetProperty("kind").GetString()));
        var root = version.GetProperty("schema").GetProperty("openAPIV3Schema");
        var one = root.GetProperty("properties").GetProperty("cases").GetProperty("items");

        SameFields(schema, root, "apiVersion", "kind");
        SameFields(file.GetProperty("case"), one);
        foreach (var mode in (string[])["allow", "deny", "only"]) SameFields(file.GetProperty("entry"), one.GetProperty("properties").GetProperty(mode).GetProperty("items"));
        Assert.Equal(
            file.GetProperty("case").GetProperty("anyOf").EnumerateArray().Select(part => part.GetProperty("required")[0].GetString()),
            one.GetProperty("anyOf").EnumerateArray().Select(part => part.GetProperty("required")[0].GetString()));
    }

    // What each schema says of a field that both can say.
    private static void SameFields(JsonElement file, JsonElement definition, params string[] given)
    {
        var (ofFile, ofDefinition) = (file.GetProperty("properties"), definition.GetProperty("properties"));
        Assert.Equal(ofFile.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal), ofDefinition.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            file.GetProperty("required").EnumerateArray().Select(field => field.GetString()).Except(given),
            definition.GetProperty("required").EnumerateArray().Select(field => field.GetString()));
        foreach (var field in ofDefinition.EnumerateObject())
        {
            var there = ofFile.GetProperty(field.Name);
            foreach (var rule in (string[])["pattern", "minLength", "minItems"])
                Assert.Equal(there.TryGetProperty(rule, out var wanted) ? wanted.ToString() : null, field.Value.TryGetProperty(rule, out var found) ? found.ToString() : null);
            if (!there.TryGetProperty("type", out var type) || field.Name == "metadata") continue;
            string?[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(each => each.GetString())] : [type.GetString()];
            Assert.Equal(types[0], field.Value.GetProperty("type").GetString());
            Assert.Equal(types.Contains("null"), field.Value.TryGetProperty("nullable", out var nullable) && nullable.GetBoolean());
        }
    }

    private static void Agree(string fields, bool isTaken) => AgreeOn($"{{apiVersion: ringfence.dev/v1alpha1, kind: Expectations, {fields}}}", isTaken);

    private static void AgreeOn(string text, bool isTaken)
    {
        var reading = ExpectationReader.Read(Encoding.UTF8.GetBytes(text), "x.yaml");

        Assert.True(reading.Diagnostics.IsEmpty == isTaken, $"the reader: {string.Join("; ", reading.Diagnostics.Select(one => one.Message))}");
        Assert.True(Schema.Accepts(Json(text)) == isTaken, "the schema");
    }

    private static JsonElement Json(string yaml) =>
        JsonDocument.Parse(Text(YamlReader.Read(Encoding.UTF8.GetBytes(yaml)).Single().Root!)).RootElement;

    private static string Text(Node node) => node switch
    {
        MappingNode mapping => $"{{{string.Join(",", mapping.Entries.Select(entry => $"{JsonSerializer.Serialize(entry.Key)}:{Text(entry.Value)}"))}}}",
        SequenceNode list => $"[{string.Join(",", list.Items.Select(Text))}]",
        ScalarNode { Kind: ScalarKind.Text } text => JsonSerializer.Serialize(text.Text),
        ScalarNode scalar => scalar.Text,
        _ => throw new InvalidOperationException(node.Describe()),
    };

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Ringfence.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }
}
