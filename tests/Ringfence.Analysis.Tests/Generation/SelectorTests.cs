using Ringfence.Analysis.Generation;
using static Ringfence.Analysis.Tests.Generation.Clusters;

namespace Ringfence.Analysis.Tests.Generation;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("app: web, pod-template-hash: abc", "app: db", "app=web")]
    [InlineData("app: web, app.kubernetes.io/name: shop", "app: web, app.kubernetes.io/name: bank", "app.kubernetes.io/name=shop")]
    [InlineData("app: web, tier: front", "app: web, tier: back", "tier=front")]
    [InlineData("app: web, version: v1", "app: db, version: v1", "app=web")]
    [InlineData("zone: a, colour: red", "zone: b, colour: blue", "colour=red")]
    [InlineData("app: web", "app: web, track: canary", "app=web,!track")]
    [InlineData("app: web", "app: web, pod-template-hash: x", "app=web and others")]
    [InlineData("app: web, version: v1", "app: web, version: v2", "app=web and others")]
    [InlineData("helm.sh/chart: web-1.2", "app: db", "none")]
    public void Choose_Labels_AreTheFewestStableOnes(string labels, string other, string expected)
    {
        var snapshot = Read(Pod("one", labels) + Pod("two", other));
        var choice = new SelectorFinder(snapshot).Choose("app", [snapshot.FindPod("app", "one")], "one");

        Assert.Equal(expected, choice.Selector is null ? "none" : choice.Selector + (choice.IsExact ? "" : " and others"));
    }

    [Fact]
    public void Choose_TwoLabelsTogether_WhereNoneAloneIsEnough()
    {
        var snapshot = Read(Pod("one", "app: a, tier: x") + Pod("two", "app: a, tier: z") + Pod("three", "app: b, tier: x"));

        Assert.Equal("app=a,tier=x", new SelectorFinder(snapshot).Choose("app", [snapshot.FindPod("app", "one")], "one").Selector!.ToString());
    }

    [Theory]
    [InlineData("0.0.0.0/0 192.0.2.0/24", "0.0.0.0/0 except 192.0.2.0/24")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8 except ")]
    public void Blocks_OfWhatIsLeft_AreFew(string text, string expected)
    {
        var prefixes = text.Split(' ').Select(part => Model.Prefix.Parse(part)).Select(prefix => new Engine.AddressRange(prefix.First, prefix.Last)).ToList();
        var left = AddressRanges.Without(prefixes[0], [.. prefixes.Skip(1)]).ToList();

        Assert.Equal(expected.Replace(" except ", prefixes.Count > 1 ? " except " : "", StringComparison.Ordinal), string.Join(' ', AddressRanges.Blocks([.. left])));
    }
}
