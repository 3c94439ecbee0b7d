using Ringfence.Analysis.Endpoints;

namespace Ringfence.Analysis.Tests.Endpoints;

public sealed class SelectorSyntaxTests
{
    [Theory]
    [InlineData("app=web", "app=web")]
    [InlineData("app==web", "app=web")]
    [InlineData("app!=web", "app notin (web)")]
    [InlineData("app in (b, a)", "app in (a,b)")]
    [InlineData("app in(a)", "app=a")]
    [InlineData("app notin (a,b)", "app notin (a,b)")]
    [InlineData("app", "app")]
    [InlineData("!app", "!app")]
    [InlineData("! app", "!app")]
    [InlineData("tier=,app.kubernetes.io/name=x", "app.kubernetes.io/name=x,tier=")]
    [InlineData(" a = b , c in (d,e), !f ", "a=b,c in (d,e),!f")]
    [InlineData("", "{}")]
    public void Parse_KubectlForms_AreRead(string text, string expected) =>
        Assert.Equal(expected, SelectorSyntax.Parse(text).ToString());

    [Theory]
    [InlineData("a b")]
    [InlineData("=x")]
    [InlineData("a in b")]
    [InlineData("a in (b")]
    [InlineData("a=b=c")]
    [InlineData("a>1")]
    [InlineData("a,,b")]
    [InlineData("a=b c")]
    public void Parse_Nonsense_IsRefused(string text) => Assert.Throws<InputException>(() => SelectorSyntax.Parse(text));
}
