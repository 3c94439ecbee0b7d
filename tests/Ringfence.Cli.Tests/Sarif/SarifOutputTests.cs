using System.Text.Json;
using Ringfence.Cli.Output;
using Ringfence.Model;

namespace Ringfence.Cli.Tests.Sarif;

public sealed class SarifOutputTests
{
    private static readonly SarifRule Rule = new("RF001", "hyphen-trap", "Two peers", "Long", "# Help", "https://kubernetes.io/docs/", Severity.Warning)
    {
        SecuritySeverity = 7.0,
        Tags = ["kubernetes", "security"],
    };

    [Fact]
    public void Write_EverySortOfResult_FitsTheSchema()
    {
        var json = Write(new SarifRun([Rule], [
            Result("a"),
            Result("b") with { Location = default, Object = null },
            Result("c") with { Location = new Location("-", 3, 4), Suppression = "we know; until \"summer\"" },
            Result("d") with { Location = new Location("/elsewhere/a b#c.yaml", 0, 0), Severity = Severity.Error },
            Result("e") with { Location = new Location("a folder/ü%.yaml", 7, 1), Severity = Severity.Note, Message = "see [this](http://x) \u001b[31m" },
        ]) { Notes = ["something was not read"], IsComplete = false });

        Assert.Empty(JsonSchema.Sarif.Check(json));
        Assert.Empty(JsonSchema.Sarif.Check(Write(new SarifRun([], []))));
    }

    [Fact]
    public void Schema_WhatIsWrong_IsNoticed()
    {
        using var wrong = JsonDocument.Parse(
            """
            {"version": "2.0.0", "runs": [{"tool": {"driver": {"name": "x", "helpUri": 3}}, "results": [
              {"message": {}, "level": "bad", "ruleIndex": -2, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a b"}}}]}], "columnKind": "bytes"}], "more": 1}
            """);

        var faults = JsonSchema.Sarif.Check(wrong.RootElement);

        Assert.Equal(
            [
                "/runs/0/columnKind", "/runs/0/results/0/level", "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", "/runs/0/results/0/message",
                "/runs/0/results/0/ruleIndex", "/runs/0/tool/driver", "/version", "/",
            ],
            faults.Select(fault => fault.Split(':')[0]).Distinct().OrderBy(path => path == "/").ThenBy(path => path, StringComparer.Ordinal));
    }

    [Fact]
    public void Write_Rule_SaysWhatCodeScanningAsks()
    {
        var rule = Write(new SarifRun([Rule with { Title = new string('x', 2000), Tags = [.. Enumerable.Range(0, 30).Select(n => $"tag{n}")] }], []))
            .GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("rules")[0];

        Assert.Equal(1024, rule.GetProperty("shortDescription").GetProperty("text").GetString()!.Length);
        var properties = rule.GetProperty("properties");
        Assert.Equal("7.0", properties.GetProperty("security-severity").GetString());
        Assert.Equal("warning", properties.GetProperty("problem.severity").GetString());
        Assert.Equal("high", properties.GetProperty("precision").GetString());
        Assert.Equal(20, properties.GetProperty("tags").GetArrayLength());
    }

    [Fact]
    public void Write_Location_IsRelativeAndEncoded()
    {
        var results = Results(Write(new SarifRun([Rule], [
            Result("a") with { Location = new Location("a b/ü#1.yaml", 3, 5) },
            Result("b") with { Location = new Location("/elsewhere/x.yaml", 1, 1) },
        ])));

        var own = results[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.EndsWith("a%20b/%C3%BC%231.yaml", own.GetProperty("artifactLocation").GetProperty("uri").GetString(), StringComparison.Ordinal);
        Assert.Equal("%SRCROOT%", own.GetProperty("artifactLocation").GetProperty("uriBaseId").GetString());
        Assert.Equal(3, own.GetProperty("region").GetProperty("startLine").GetInt32());
        Assert.Equal(5, own.GetProperty("region").GetProperty("startColumn").GetInt32());
        var other = results[1].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation");
        Assert.Equal("file:///elsewhere/x.yaml", other.GetProperty("uri").GetString());
        Assert.False(other.TryGetProperty("uriBaseId", out _));
    }

    [Fact]
    public void Write_Fingerprints_StayWhenLinesMoveAndTellResultsApart()
    {
        var folder = Directory.CreateTempSubdirectory("ringfence-sarif-");
        try
        {
            var file = Path.Combine(folder.FullName, "a.yaml");
            File.WriteAllText(file, "kind: NetworkPolicy\nspec: {}\n");
            var before = Fingerprints(new Location(file, 2, 1));
            File.WriteAllText(file, "# new\n\nkind: NetworkPolicy\nspec: {}\n");
            var after = Fingerprints(new Location(file, 4, 1));

            Assert.Equal(before, after);
            Assert.Equal(4, before.Select(pair => pair.Own).Distinct().Count());
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        List<(string? Own, string? Line)> Fingerprints(Location place) =>
        [
            .. Results(Write(new SarifRun([Rule], [
                Result("spec.a") with { Location = place }, Result("spec.b") with { Location = place }, Result("spec.b") with { Location = place },
                Result("spec.a") with { Location = place, Object = "NetworkPolicy other/x" },
            ]))).Select(result => result.GetProperty("partialFingerprints"))
                .Select(prints => (prints.GetProperty("ringfence/v1").GetString(), prints.GetProperty("primaryLocationLineHash").GetString())),
        ];
    }

    [Fact]
    public void Write_TooManyResults_KeepsTheWorstAndSaysSo()
    {
        var results = Enumerable.Range(0, SarifLimits.Results + 10)
            .Select(n => Result($"{n}") with { Severity = n % 100 == 0 ? Severity.Error : Severity.Note }).ToList();

        var (json, told) = WriteTelling(new SarifRun([Rule], [.. results]));

        var kept = Results(json);
        Assert.Equal(SarifLimits.Results, kept.Count);
        Assert.Equal(results.Count(result => result.Severity == Severity.Error), kept.Count(result => result.GetProperty("level").GetString() == "error"));
        Assert.Equal(2, told.Count);
        Assert.Contains("25,010 results", told[0], StringComparison.Ordinal);
        Assert.Contains("5,000 worst of the 25,000", told[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TooManyBytes_LeavesResultsOut()
    {
        var random = new Random(1);
        var run = new SarifRun([Rule], [.. Enumerable.Range(0, 400).Select(n => Result($"{n}") with { Message = Convert.ToHexString(Bytes()) })]);

        var (json, told) = WriteTelling(run, packedBytes: 50_000);

        Assert.InRange(Results(json).Count, 1, 200);
        Assert.Single(told);

        byte[] Bytes()
        {
            var bytes = new byte[500];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Theory]
    [InlineData("", new[] { "c129715d7a2bc9a3:1" })]
    [InlineData(" a\nb\n  \t\tc\n d", new[] { "271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1" })]
    [InlineData(" hello; \t\r\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", new[]
    {
        "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
    })]
    [InlineData("Lorem ipsum dolor sit amet.\nLorem ipsum dolor sit amet.\nLorem ipsum dolor sit amet.\nLorem ipsum dolor sit amet.\nLorem ipsum dolor sit amet.\nLorem ipsum dolor sit amet.\n",
        new[] { "a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1" })]
    public void LineHashes_AreThoseOfTheUploadAction(string text, string[] hashes) => Assert.Equal(hashes, LineHashes.Of(text));

    private static SarifResult Result(string identity) =>
        new(Rule.Id, Severity.Warning, "it is so", new Location("examples/rag/policies.yaml", 2, 3), "NetworkPolicy ns/name", identity);

    private static JsonElement Write(SarifRun run) => WriteTelling(run).Json;

    private static (JsonElement Json, List<string> Told) WriteTelling(SarifRun run, int packedBytes = SarifLimits.PackedBytes)
    {
        using var text = new StringWriter();
        var told = new List<string>();
        SarifLimits.Write(run, text, told.Add, packedBytes);
        using var document = JsonDocument.Parse(text.ToString());
        return (document.RootElement.Clone(), told);
    }

    private static List<JsonElement> Results(JsonElement log) => [.. log.GetProperty("runs")[0].GetProperty("results").EnumerateArray()];
}
