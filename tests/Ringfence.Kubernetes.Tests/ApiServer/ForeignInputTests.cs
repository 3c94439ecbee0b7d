using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Http;
using Ringfence.Kubernetes.ApiServer.Http.Protobuf;
using Ringfence.Kubernetes.ApiServer.Selectors;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>Whatever comes in, the answer is a refusal and never a crash.</summary>
public sealed class ForeignInputTests
{
    // A namespace "team" with labels, as kubectl sends it.
    private static readonly byte[] Namespace =
    [
        .. "k8s\0"u8, 0x0a, 0x0f, 0x0a, 0x02, .. "v1"u8, 0x12, 0x09, .. "Namespace"u8, 0x12, 0x14, 0x0a, 0x0e, 0x0a, 0x04, .. "team"u8, 0x5a, 0x06, 0x0a, 0x01, .. "a"u8, 0x12, 0x01, .. "b"u8, 0x12, 0x00, 0x1a, 0x00,
    ];

    [Fact]
    public void Protobuf_BecomesJson()
    {
        var value = JsonNode.Parse(ProtobufBody.ToJson(Namespace).Span)!;

        Assert.Equal("""{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"team","labels":{"a":"b"}},"spec":{},"status":{}}""", value.ToJsonString());
    }

    [Fact]
    public void Protobuf_ThatIsDamaged_IsRefused()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Namespace.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(4, bytes.Length)] = (byte)random.Next(256);
            var length = random.Next(bytes.Length + 1);
            Refused(() => ProtobufBody.ToJson(bytes.AsSpan(0, length)).Length);
        }
    }

    [Fact]
    public void Selectors_ThatAreNonsense_AreRefused()
    {
        const string letters = "ab=!<>(), \\in.notin/\t\"";
        var random = new Random(2);
        var stored = new StoredObject(TestApi.Pods, "default", "a", 1, ObjectJson.Write(TestApi.Pod("a")));
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => letters[random.Next(letters.Length)])]);
            Refused(() => LabelRequirements.Parse(text)?.Matches([]));
            Refused(() => FieldRequirements.Parse(TestApi.Pods, text)?.Matches(stored));
            Refused(() => FieldRequirements.Parse(TestApi.Pods, "metadata.name=" + text)?.Matches(stored));
            Refused(() => ContinueToken.Parse(text));
            ResourcePath.Parse("/apis/" + text);
        }
    }

    [Theory]
    [InlineData("""{"metadata":{"labels":5}}""")]
    [InlineData("""{"metadata":[]}""")]
    [InlineData("""{"metadata":{"labels":{"a":5,"b":{"c":1},"app":"x"}}}""")]
    [InlineData("""[]""")]
    [InlineData("""5""")]
    public void Fields_ThatAreNotAsTheyShouldBe_AreMissing(string json)
    {
        var labels = ObjectFields.Map(Encoding.UTF8.GetBytes(json), ObjectFields.Path("metadata.labels"));

        Assert.Equal(json.Contains("app", StringComparison.Ordinal) ? 1 : 0, labels.Count);
        Assert.Null(ObjectFields.Text(Encoding.UTF8.GetBytes(json), ObjectFields.Path("metadata.labels.b.c.d")));
    }

    private static void Refused<T>(Func<T> action)
    {
        try
        {
            action();
        }
        catch (ApiException refusal)
        {
            Assert.InRange(refusal.Code, 400, 499);
        }
    }
}
