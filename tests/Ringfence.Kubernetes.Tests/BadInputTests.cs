using System.Globalization;
using System.Text;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;
using static Ringfence.Kubernetes.Tests.Manifests;

namespace Ringfence.Kubernetes.Tests;

/// <summary>Input that cannot be read: a clear error with its place, and the rest is read.</summary>
public class BadInputTests
{
    private const string Good = "apiVersion: v1\nkind: Namespace\nmetadata: {name: good}\n";

    [Theory]
    [InlineData("a: [1, 2\n", "not-yaml")]
    [InlineData("a: b: c\n", "not-yaml")]
    [InlineData("\"a\n", "not-yaml")]
    [InlineData("? [a, b]\n: c\n", "not-yaml")]
    [InlineData("a: *nothing\n", "not-yaml")]
    [InlineData("a: &x [*x]\n", "not-yaml")]
    [InlineData("a: 1\n<<: 2\n", "not-yaml")]
    [InlineData("{{- if .Values.enabled }}\nkind: Pod\n{{- end }}\n", "helm-template")]
    [InlineData("name: {{ .Release.Name }}\n", "helm-template")]
    [InlineData("a: \"\0\"\n", "not-text")]
    [InlineData("just some text\n", "not-kubernetes")]
    [InlineData("kind: Pod\n", "not-kubernetes")]
    [InlineData("- a\n- b\n", "not-kubernetes")]
    public void Read_BadDocument_IsToldAndTheNextIsRead(string bad, string code)
    {
        var set = Read($"{Good}---\n{bad}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: last}}\n");

        var diagnostic = Only(set);
        Assert.Equal((Severity.Error, code), (diagnostic.Severity, diagnostic.Code));
        Assert.InRange(diagnostic.Location.Line, 4, 8);
        Assert.Equal(["good", "last"], set.Objects.Namespaces.Select(n => n.Name));
    }

    [Fact]
    public void Read_SyntaxErrorInYaml_HasItsLineAndColumn()
    {
        var diagnostic = Only(Read($"{Good}---\n# second\nmetadata:\n  name: x\n   kind: y\n"));
        Assert.Equal("8:8", Place(diagnostic));
    }

    [Fact]
    public void Read_Tab_SaysToUseSpaces()
    {
        var diagnostic = Only(Read("metadata:\n\tname: x\n"));
        Assert.Equal("2:1", Place(diagnostic));
        Assert.Contains("use spaces", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TabDeepInADocument_NamesItsLine()
    {
        var diagnostic = Only(Read("apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n"));
        Assert.Equal("4:1", Place(diagnostic));
        Assert.Equal("is not valid YAML: a tab cannot indent, use spaces", diagnostic.Message);
    }

    [Fact]
    public void Read_BracketsWithoutPartners_NamesTheLineAndTheReason()
    {
        var diagnostic = Only(Read($"{Good}---\napiVersion: v1\nkind: Pod\nmetadata: {{name: [broken\nspec: }}}}}}\n  - : x\n"));
        Assert.InRange(diagnostic.Location.Line, 7, 8);
        Assert.Contains("bracket", diagnostic.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: b: c\n", "a second colon")]
    [InlineData("a: [1, 2\n", "a list in brackets is not closed")]
    [InlineData("a: {b: 1\n", "a mapping in braces is not closed")]
    [InlineData("\"a\n", "a quote is not closed")]
    [InlineData("a: @b\n", "no value can begin with this character")]
    [InlineData("a: 1\nb\n", "expected 'key: value'")]
    public void Read_CommonSlips_AreSaidInPlainWords(string text, string words) =>
        Assert.Contains(words, Only(Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_TemplateWithManyDocuments_IsToldOnce()
    {
        var set = Read(string.Concat(Enumerable.Repeat("{{ if x }}\n---\n", 5)) + Good);
        Assert.Equal("helm-template", Only(set).Code);
        Assert.Single(set.Objects.Namespaces);
    }

    [Fact]
    public void Read_AliasBomb_IsRefusedWithinBounds()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 20; i++)
            bomb.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Equal("too-big", Only(Read(bomb.ToString())).Code);
    }

    [Fact]
    public void Read_MergeBomb_IsRefusedWithinBounds()
    {
        var bomb = new StringBuilder("m0: &m0 {");
        for (var i = 0; i < 1000; i++) bomb.Append(CultureInfo.InvariantCulture, $"k{i}: x, ");
        bomb.Append("}\n");
        for (var i = 1; i < 4000; i++) bomb.Append(CultureInfo.InvariantCulture, $"m{i}: {{<<: [*m0, *m0]}}\n");
        Assert.Equal("too-big", Only(Read(bomb.ToString())).Code);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    [InlineData("- ", "")]
    public void Read_YamlNestedVeryDeep_IsRefused(string open, string close)
    {
        var text = "a: " + (open == "- " ? "\n" : "") + string.Concat(Enumerable.Repeat(open, 10_000)) + "x" + string.Concat(Enumerable.Repeat(close, 10_000));
        var set = Read($"{Good}---\n{text}\n---\n{Good.Replace("good", "last", StringComparison.Ordinal)}");
        Assert.Contains(Only(set).Code, new[] { "too-deep", "not-yaml" });
        Assert.Equal(2, set.Objects.Namespaces.Length);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Read_JsonNestedVeryDeep_IsRefused(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 10_000)) + "1" + string.Concat(Enumerable.Repeat(close, 10_000));
        var set = Read($$$"""{"kind": "X", "spec": {{{deep}}} } {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "last"}}""");
        Assert.Equal("too-deep", Only(set).Code);
        Assert.Single(set.Objects.Namespaces);
    }

    [Theory]
    [InlineData("{\"a\": 1,}", "1:9", "not-json")]
    [InlineData("{\n  \"a\": tru\n}", "2:11", "not-json")]
    [InlineData("{\"kind\": \"é\", b}", "1:15", "not-json")]
    [InlineData("{\"a\": 1}\nnonsense", "2:1", "not-json")]
    [InlineData("{\"a\": [1, 2", "1:1", "not-json")]
    [InlineData("{\"items\": [{\"a\": 1}, {\"b\"", "1:22", "not-json")]
    public void Read_BadJson_HasItsPlace(string json, string place, string code)
    {
        var set = Read(json);
        var diagnostic = set.Diagnostics.Last();
        Assert.Equal((Severity.Error, code, place), (diagnostic.Severity, diagnostic.Code, Place(diagnostic)));
    }

    [Theory]
    [InlineData("[{\"a\":1} {\"b\":2}]", "a comma is missing")]
    [InlineData("[,{\"a\":1}]", "a value has to stand")]
    public void Read_BadSeparatorInAList_IsTold(string items, string message) =>
        Assert.Contains(Read($$"""{"kind": "List", "apiVersion": "v1", "items": {{items}}}""").Diagnostics, d => d.Message.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Read_ListCutOff_KeepsTheItemsBefore()
    {
        var set = Read("""{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}, {"apiVersion": """);
        Assert.Equal("not-json", Only(set).Code);
        Assert.Single(set.Objects.Namespaces);
    }

    [Fact]
    public void Read_Binary_IsTold()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", [0x7f, (byte)'E', (byte)'L', (byte)'F', 0, 1, 2]);
        folder.Write("b.yaml", Good);
        var set = folder.Read();
        Assert.Equal(("not-text", folder.File("a.yaml")), (Only(set).Code, Only(set).Location.File));
        Assert.Single(set.Objects.Namespaces);
    }

    [Fact]
    public void Read_InvalidUtf8_HasItsPlace()
    {
        var diagnostic = Only(Read([.. Encoding.UTF8.GetBytes(Good + "---\nä: "), 0xff, 0xfe, (byte)'\n']));
        Assert.Equal(("not-text", 5), (diagnostic.Code, diagnostic.Location.Line));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Read_ByteOrderMark_IsUnderstood(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var set = Read([.. encoding.GetPreamble(), .. encoding.GetBytes(Good)]);
        Assert.Empty(set.Diagnostics);
        Assert.Equal(new Location("-", 1, 1, 3), set.Objects.Namespaces[0].Location);
    }

    [Fact]
    public void Read_WindowsLineEnds_ChangeNoPlace()
    {
        var set = Read(Good.ReplaceLineEndings("\r\n") + "---\r\n" + Good.Replace("good", "last", StringComparison.Ordinal).ReplaceLineEndings("\r\n"));
        Assert.Empty(set.Diagnostics);
        Assert.Equal([1, 5], set.Objects.Namespaces.Select(n => n.Location.Line));
    }

    [Fact]
    public void Read_HugeYamlFile_IsRefusedUnread()
    {
        using var folder = new TempFolder();
        using (var file = File.Create(folder.File("huge.yaml")))
        {
            file.Write("a: b\n"u8);
            file.SetLength(1L << 30);
            file.Position = 0;
            for (var i = 0; i < 1000; i++) file.Write("# nothing\n"u8);
        }

        folder.Write("z.yaml", Good);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var set = folder.Read();
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100 << 20);
        Assert.Equal("too-big", Only(set).Code);
        Assert.Single(set.Objects.Namespaces);
    }

    [Fact]
    public void Read_HugeYamlDocument_IsRefusedAndTheNextIsRead()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", $"a: {new string('x', 70 << 20)}\n---\n{Good}");
        var set = folder.Read();
        Assert.Equal("too-big", Only(set).Code);
        Assert.Equal(3, set.Objects.Namespaces[0].Location.Line);
    }

    [Fact]
    public void Read_HugeJsonObject_IsPassedOverInBoundedMemory()
    {
        // 300 MB of one string, then one more object.
        static IEnumerable<byte[]> Parts()
        {
            yield return "{\"kind\": \"Secret\", \"data\": {\"x\": \""u8.ToArray();
            var part = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
            for (var i = 0; i < 300; i++) yield return part;
            yield return "\"}} {\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"last\"}}"u8.ToArray();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var set = ManifestReader.Read(["-"], new ManifestOptions { StandardInput = new PartStream(Parts()) }, TestContext.Current.CancellationToken);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 600 << 20);
        Assert.Equal(("too-big", "1:1"), (Only(set).Code, Place(Only(set))));
        Assert.Equal("last", Assert.Single(set.Objects.Namespaces).Name);
    }

    [Fact]
    public void Read_TruncatedGzip_IsTold()
    {
        using var folder = new TempFolder();
        var packed = TempFolder.Gzip(string.Concat(Enumerable.Range(0, 2000).Select(i => Good.Replace("good", $"n{i * 7919 % 1000}-{i}", StringComparison.Ordinal) + "---\n")));
        folder.Write("a.yaml.gz", packed[..(packed.Length / 2)]);
        folder.Write("b.yaml.gz", TempFolder.Gzip(Good));
        var set = folder.Read();
        Assert.Equal("unreadable", Only(set).Code);
        Assert.Equal("good", Assert.Single(set.Objects.Namespaces).Name);
    }

    [Fact]
    public void Read_ObjectThatIsWrongEverywhere_IsToldInPart()
    {
        var rules = string.Concat(Enumerable.Repeat("  - ports: [{port: true}]\n", 20_000));
        var set = Read($"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: a}}\nspec:\n  ingress:\n{rules}");
        Assert.Equal(50, set.Diagnostics.Length);
        Assert.EndsWith("further errors of this object are not shown", set.Diagnostics[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MoreMessagesThanAnyoneReads_AreCutOff()
    {
        var set = Read(string.Concat(Enumerable.Repeat("a: 1\n---\n", 3000)));
        Assert.Equal(1001, set.Diagnostics.Length);
        Assert.Equal("too-many", set.Diagnostics[^1].Code);
    }

    private sealed class PartStream(IEnumerable<byte[]> parts) : ForwardStream
    {
        private readonly IEnumerator<byte[]> _parts = parts.GetEnumerator();
        private ReadOnlyMemory<byte> _rest;

        public override int Read(Span<byte> buffer)
        {
            if (_rest.IsEmpty && _parts.MoveNext()) _rest = _parts.Current;
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }
    }
}
