using Ringfence.Model.Policies;

namespace Ringfence.Model.Tests.Policies;

public class GoTextTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\c", @"""a\""b\\c""")]
    [InlineData("<&>", "\"<&>\"")]
    [InlineData("\a\b\f\n\r\t\v", @"""\a\b\f\n\r\t\v""")]
    [InlineData("\0\u0001\u001f\u007f", @"""\x00\x01\x1f\x7f""")]
    [InlineData("é日🦊 ", "\"é日🦊 \"")]
    [InlineData("\u00a0\u00ad\u200b\u2028\ufeff", @"""\u00a0\u00ad\u200b\u2028\ufeff""")]
    [InlineData("\U000e0001", @"""\U000e0001""")]
    public void Quote_IsAGoLiteral(string value, string quoted) => Assert.Equal(quoted, GoText.Quote(value));

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\c", @"""a\""b\\c""")]
    [InlineData("<&>", @"""\u003c\u0026\u003e""")]
    [InlineData("\a\b\f\n\r\t\v", @"""\u0007\b\f\n\r\t\u000b""")]
    [InlineData("\0\u001f\u007f", "\"\\u0000\\u001f\u007f\"")]
    [InlineData("é日🦊 \u00a0", "\"é日🦊 \u00a0\"")]
    [InlineData("\u2027\u2028\u2029", "\"\u2027\\u2028\\u2029\"")]
    public void Json_EscapesWhatGoEscapes(string value, string json) => Assert.Equal(json, GoText.Json(value));

    [Fact]
    public void Quote_HalfASurrogatePair_IsTheReplacementCharacter()
    {
        Assert.Equal("\"\ufffda\"", GoText.Quote($"{(char)0xd800}a"));
        Assert.Equal("\"\ufffda\"", GoText.Json($"{(char)0xd800}a"));
    }

    [Fact]
    public void Json_List_HasNoSpaces()
    {
        Assert.Equal("""["a","<"]""".Replace("<", "\\u003c", StringComparison.Ordinal), GoText.Json(["a", "<"]));
        Assert.Equal("[]", GoText.Json([]));
    }
}
