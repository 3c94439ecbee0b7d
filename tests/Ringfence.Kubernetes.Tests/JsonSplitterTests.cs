using System.Buffers;
using System.Text;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Tests;

public class JsonSplitterTests
{
    private const string Text = """
        {"apiVersion": "v1", "note": "items: [ \" \\", "items": [
            {"a": "}{\"][\\\\", "b": [[{}], "é"]} ,
          {}, 12, "x,\"]", [1, {"c": 2}]
        ], "kind": "List", "more": {"items": [3]}}
        ---
        {"kind": "items"}{"items":{"x":[]}} {"items" : [] }
        """;

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(4096)]
    public void Next_AnyBufferSize_GivesTheSamePieces(int bufferSize)
    {
        var pieces = new List<string>();
        using var splitter = new JsonSplitter(new MemoryStream(Encoding.UTF8.GetBytes(Text)), bufferSize);
        while (splitter.Next() is { } batch)
        {
            Assert.Empty(batch.Problems);
            foreach (var piece in batch.Pieces)
                pieces.Add($"{piece.Part} {piece.Line}:{piece.Column} {Encoding.UTF8.GetString(batch.Buffer, piece.Start, piece.Length)}");
            if (batch.Envelope?.Root is MappingNode envelope)
                pieces.Add($"list {string.Join(' ', envelope.Entries.Select(e => $"{e.Key}@{e.Line}:{e.Column}"))}");
            ArrayPool<byte>.Shared.Return(batch.Buffer);
        }

        Assert.Equal(
            [
                """Item 2:5 {"a": "}{\"][\\\\", "b": [[{}], "é"]}""",
                "Item 3:3 {}",
                "Item 3:7 12",
                """Item 3:11 "x,\"]" """.TrimEnd(),
                """Item 3:20 [1, {"c": 2}]""",
                "list apiVersion@1:2 note@1:22 items@1:48 kind@4:4 more@4:20",
                """Document 6:1 {"kind": "items"}""",
                """Document 6:18 {"items":{"x":[]}}""",
                "list items@6:38",
            ],
            pieces);
    }

    [Fact]
    public void FindEnd_AnyCutOfTheText_FindsTheSameEnd()
    {
        var random = new Random(5);
        for (var round = 0; round < 2000; round++)
        {
            var text = Random(random);
            var whole = new JsonNesting { Depth = 1 }.FindEnd(text, 1);
            Assert.Equal(Naive(text), whole);
            var cut = random.Next(1, text.Length);
            var nesting = new JsonNesting { Depth = 1 };
            var first = nesting.FindEnd(text.AsSpan(0, cut), 1);
            Assert.Equal(whole, first > 0 ? first : nesting.FindEnd(text, cut));
        }
    }

    private static byte[] Random(Random random)
    {
        var text = new byte[random.Next(2, 300)];
        text[0] = (byte)'{';
        for (var i = 1; i < text.Length; i++) text[i] = (byte)"{}[]\"\\\\ax  "[random.Next(11)];
        return text;
    }

    private static int Naive(byte[] text)
    {
        var (depth, inString, isEscaped) = (1, false, false);
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"' && !isEscaped) inString = !inString;
            else if (!inString && (text[i] is (byte)'{' or (byte)'[')) depth++;
            else if (!inString && (text[i] is (byte)'}' or (byte)']') && --depth == 0) return i + 1;
            isEscaped = text[i] == '\\' && !isEscaped;
        }

        return -1;
    }
}
