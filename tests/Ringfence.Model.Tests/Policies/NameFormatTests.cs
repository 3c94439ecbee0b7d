using Ringfence.Model.Policies;

namespace Ringfence.Model.Tests.Policies;

public class NameFormatTests
{
    // What is wrong, by the beginning of each message.
    private const string Subdomain = "a lowercase RFC 1123 subdomain must";
    private const string Label = "a lowercase RFC 1123 label must";
    private const string Name = "name part must consist of";
    private const string Value = "a valid label must be";

    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("a-b.c--d.0")]
    [InlineData("", Subdomain)]
    [InlineData(".", Subdomain)]
    [InlineData("a.", Subdomain)]
    [InlineData(".a", Subdomain)]
    [InlineData("a..b", Subdomain)]
    [InlineData("a.-b", Subdomain)]
    [InlineData("a-.b", Subdomain)]
    [InlineData("A", Subdomain)]
    [InlineData("a_b", Subdomain)]
    [InlineData("a\n", Subdomain)]
    [InlineData("é", Subdomain)]
    public void DnsSubdomain_SaysWhatIsWrong(string value, params string[] faults) =>
        AssertFaults(faults, NameFormat.DnsSubdomain(value));

    [Theory]
    [InlineData(253)]
    [InlineData(254, "must be no more than 253 characters")]
    public void DnsSubdomain_Length(int length, params string[] faults) => AssertFaults(faults, NameFormat.DnsSubdomain(new string('a', length)));

    [Fact]
    public void DnsSubdomain_LengthAndForm_AreTwoFaultsAndLengthIsInBytes() =>
        AssertFaults(["must be no more than 253 characters", Subdomain], NameFormat.DnsSubdomain(new string('é', 127)));

    [Theory]
    [InlineData("a-b")]
    [InlineData("a.b", "must not contain dots")]
    [InlineData("a.B", Label)]
    [InlineData("a.", Label)]
    [InlineData("-a", Label)]
    [InlineData("a-", Label)]
    [InlineData("", Label)]
    public void DnsLabel_SaysWhatIsWrong(string value, params string[] faults) => AssertFaults(faults, NameFormat.DnsLabel(value));

    [Fact]
    public void DnsLabel_Length()
    {
        AssertFaults([], NameFormat.DnsLabel(new string('a', 63)));
        AssertFaults(["must be no more than 63 characters"], NameFormat.DnsLabel(new string('a', 64)));
        AssertFaults(["must be no more than 63 characters", "must not contain dots"], NameFormat.DnsLabel($"a.{new string('a', 62)}"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("A.b_C-d")]
    [InlineData("example.com/A")]
    [InlineData("", "name part must be non-empty", Name)]
    [InlineData("/", "prefix part must be non-empty", "name part must be non-empty", Name)]
    [InlineData("a/", "name part must be non-empty", Name)]
    [InlineData("/a", "prefix part must be non-empty")]
    [InlineData("A/b", "prefix part " + Subdomain)]
    [InlineData("A/-b", "prefix part " + Subdomain, Name)]
    [InlineData("a/b/c", "a valid label key must consist of")]
    [InlineData("//", "a valid label key must consist of")]
    [InlineData("-a", Name)]
    [InlineData("a.", Name)]
    [InlineData("a b", Name)]
    [InlineData("a\n", Name)]
    public void LabelKey_SaysWhatIsWrong(string value, params string[] faults) => AssertFaults(faults, NameFormat.LabelKey(value));

    [Fact]
    public void LabelKey_Length_IsInBytes()
    {
        AssertFaults([], NameFormat.LabelKey($"{new string('a', 253)}/{new string('a', 63)}"));
        AssertFaults(
            ["prefix part must be no more than 253 bytes", "name part must be no more than 63 bytes"],
            NameFormat.LabelKey($"{new string('a', 254)}/{new string('a', 64)}"));
        AssertFaults(["name part must be no more than 63 bytes", Name], NameFormat.LabelKey(new string('é', 32)));
        AssertFaults([Name], NameFormat.LabelKey(new string('é', 31)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("A_b.C-9")]
    [InlineData("-a", Value)]
    [InlineData("a_", Value)]
    [InlineData("a/b", Value)]
    [InlineData("\n", Value)]
    [InlineData("a\n", Value)]
    public void LabelValue_SaysWhatIsWrong(string value, params string[] faults) => AssertFaults(faults, NameFormat.LabelValue(value));

    [Fact]
    public void LabelValue_Length_IsInBytes()
    {
        AssertFaults([], NameFormat.LabelValue(new string('a', 63)));
        AssertFaults(["must be no more than 63 bytes"], NameFormat.LabelValue(new string('a', 64)));
        AssertFaults(["must be no more than 63 bytes", Value], NameFormat.LabelValue(new string('日', 22)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("1a")]
    [InlineData("a-1-b")]
    [InlineData("1-1", "must contain at least one letter (a-z)")]
    [InlineData("A", "must contain only", "must contain at least one letter (a-z)")]
    [InlineData("aB", "must contain only")]
    [InlineData("-", "must contain at least one letter (a-z)", "must not begin or end with a hyphen")]
    [InlineData("--", "must contain at least one letter (a-z)", "must not contain consecutive hyphens", "must not begin or end with a hyphen")]
    [InlineData("a-", "must not begin or end with a hyphen")]
    [InlineData("a\n", "must contain only")]
    [InlineData("éééééééé", "must be no more than 15 characters", "must contain only", "must contain at least one letter (a-z)")]
    [InlineData(
        "A--------------B-",
        "must be no more than 15 characters",
        "must contain only",
        "must contain at least one letter (a-z)",
        "must not contain consecutive hyphens",
        "must not begin or end with a hyphen")]
    public void PortName_SaysWhatIsWrong(string value, params string[] faults) => AssertFaults(faults, NameFormat.PortName(value));

    private static void AssertFaults(IReadOnlyList<string> beginnings, IEnumerable<string> messages) =>
        Assert.Collection(messages, [.. beginnings.Select(text => (Action<string>)(message => Assert.StartsWith(text, message, StringComparison.Ordinal)))]);
}
