using Ringfence.Cli.Output;

namespace Ringfence.Cli.Tests;

public sealed class EscapingTests
{
    [Theory]
    [InlineData("shop/web", "shop/web")]
    [InlineData("TCP 80,443", "\"TCP 80,443\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@cmd", "'@cmd")]
    [InlineData("-", "-")]
    public void Csv_Field_StaysOneField(string text, string expected) => Assert.Equal(expected, Csv.Field(text));

    [Theory]
    [InlineData("a|b", "a\\|b")]
    [InlineData("<script>", "&lt;script&gt;")]
    [InlineData("[x](y)", "\\[x\\](y)")]
    [InlineData("a\nb", "a\uFFFDb")]
    [InlineData("@team", "&#64;team")]
    [InlineData("shop/web-1", "shop/web-1")]
    public void Markdown_Text_IsNoMarkup(string text, string expected) => Assert.Equal(expected, Markdown.Escape(text));

    [Theory]
    [InlineData("a\"]; x -> y [label=\"", "\"a\\\"]; x -> y [label=\\\"\"")]
    [InlineData("back\\slash", "\"back\\\\slash\"")]
    [InlineData("a\nb", "\"a\uFFFDb\"")]
    public void Dot_Label_StaysOneString(string text, string expected) => Assert.Equal(expected, Dot.Quote(text));

    [Theory]
    [InlineData("a\"] --> b", "\"a#34;#93; --#62; b\"")]
    [InlineData("<b>&`#;", "\"#60;b#62;#38;#96;#35;#59;\"")]
    [InlineData("shop/web:80", "\"shop/web:80\"")]
    [InlineData("grün 🙂", "\"grün #128578;\"")]
    public void Mermaid_Label_StaysOneString(string text, string expected) => Assert.Equal(expected, Mermaid.Quote(text));

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;")]
    [InlineData("\" onload=\"x", "&quot; onload=&quot;x")]
    [InlineData("'&", "&#39;&amp;")]
    public void Html_Text_IsNoMarkup(string text, string expected) => Assert.Equal(expected, HtmlPage.Encode(text));

    [Theory]
    [InlineData("\e[2Jgone", "\uFFFD[2Jgone")]
    [InlineData("a\rb", "a\uFFFDb")]
    [InlineData("a\u202Eb", "a\uFFFDb")]
    [InlineData("a\tb", "a b")]
    [InlineData("plain", "plain")]
    public void Clean_ControlCharacters_AreShownNotSent(string text, string expected) => Assert.Equal(expected, PlainText.Clean(text));
}
