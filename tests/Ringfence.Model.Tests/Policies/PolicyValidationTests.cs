using Ringfence.Model.Policies;

namespace Ringfence.Model.Tests.Policies;

public class PolicyValidationTests
{
    private const string LabelKeyRule =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or "
        + "'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private static readonly PolicyManifest s_valid = new() { Name = "foo", Namespace = "bar" };

    [Fact]
    public void Validate_NothingAtAll_LacksNameAndNamespace() => AssertErrors(
        new PolicyManifest(),
        "metadata.name: Required value: name or generateName is required",
        "metadata.namespace: Required value");

    [Theory]
    [InlineData("foo-")]
    [InlineData("foo")]
    [InlineData("a--")]
    [InlineData("a.b-")]
    public void Validate_GenerateNameAlone_IsEnough(string prefix) => AssertErrors(s_valid with { Name = null, GenerateName = prefix });

    [Fact]
    public void Validate_LongGenerateName_IsCutBeforeItIsChecked() =>
        AssertErrors(s_valid with { Name = "", GenerateName = new string('a', 253) });

    [Theory]
    [InlineData("Foo-", "metadata.generateName: Invalid value: \"Foo-\": a lowercase RFC 1123 subdomain", "metadata.name: Invalid value: \"Foo-xxxxx\": a lower")]
    [InlineData("-", "metadata.generateName: Invalid value: \"-\": a lowercase RFC 1123 subdomain", "metadata.name: Invalid value: \"-xxxxx\": a lower")]
    // The last two characters are masked, so what is wrong shows in the made name only.
    [InlineData("a.-", "metadata.name: Invalid value: \"a.-xxxxx\": a lowercase RFC 1123 subdomain")]
    [InlineData("aB-", "metadata.name: Invalid value: \"aB-xxxxx\": a lowercase RFC 1123 subdomain")]
    public void Validate_BadGenerateName_IsReported(string prefix, params string[] beginnings) =>
        Assert.Collection(
            Texts(s_valid with { Name = null, GenerateName = prefix }),
            [.. beginnings.Select(text => (Action<string>)(error => Assert.StartsWith(text, error, StringComparison.Ordinal)))]);

    [Fact]
    public void Validate_GenerateNameBesideName_IsCheckedToo() => Assert.Equal(
        ["metadata.generateName"],
        PolicyValidation.Validate(s_valid with { GenerateName = "X" }).Select(error => error.Field));

    [Fact]
    public void Validate_Labels_AreReportedInTheOrderOfTheirKeys() => AssertErrors(
        s_valid with { Labels = [new("b/", "ok"), new("a_", "-")] },
        $"metadata.labels: Invalid value: \"a_\": name part {LabelKeyRule}",
        "metadata.labels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
        + "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        "metadata.labels: Invalid value: \"b/\": name part must be non-empty",
        $"metadata.labels: Invalid value: \"b/\": name part {LabelKeyRule}");

    [Theory]
    [InlineData("Example.COM/Name")]
    [InlineData("\u212aelvin.io/\u0130")] // the Kelvin sign and the dotted I become ASCII letters
    public void Validate_AnnotationKeyInCapitals_IsLegal(string key) => AssertErrors(s_valid with { Annotations = [new(key, "any\nthing <&>")] });

    [Fact]
    public void Validate_BadAnnotationKey_IsReportedAsWritten() => AssertErrors(
        s_valid with { Annotations = [new("A B", "")] },
        $"metadata.annotations: Invalid value: \"A B\": name part {LabelKeyRule}");

    [Theory]
    [InlineData(0)]
    [InlineData(1, "metadata.annotations: Too long: may not be more than 262144 bytes")]
    public void Validate_AnnotationsInAll_AreLimitedInBytes(int more, params string[] errors) => AssertErrors(
        s_valid with { Annotations = [new("a", new string('é', 65536)), new("b", new string('x', 131070 + more))] },
        errors);

    [Theory]
    [InlineData("tc<p", "\"tc\\u003cp\"")]
    [InlineData("\u0001", "\"\\u0001\"")]
    public void Validate_BadProtocol_IsWrittenAsJson(string protocol, string value) => AssertErrors(
        WithPort(new PortManifest { Protocol = protocol }),
        $"spec.ingress[0].ports[0].protocol: Unsupported value: {value}: supported values: \"TCP\", \"UDP\", \"SCTP\"");

    [Fact]
    public void Validate_BadPortName_IsWrittenAsAGoString() => AssertErrors(
        WithPort(new PortManifest { PortName = "a<\u0001" }),
        "spec.ingress[0].ports[0].port: Invalid value: \"a<\\x01\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");

    [Theory]
    [InlineData(int.MinValue, int.MaxValue, "port: Invalid value: -2147483648: must be between 1 and 65535, inclusive", "endPort: Invalid value: 2147483647: must be between 1 and 65535, inclusive")]
    [InlineData(1, 65535)]
    [InlineData(65535, 65535)]
    [InlineData(65535, 65534, "endPort: Invalid value: 65534: must be greater than or equal to `port`")]
    [InlineData(1, 0, "endPort: Invalid value: 0: must be greater than or equal to `port`", "endPort: Invalid value: 0: must be between 1 and 65535, inclusive")]
    public void Validate_Range_AtTheEdges(int first, int last, params string[] errors) => AssertErrors(
        WithPort(new PortManifest { PortNumber = first, EndPort = last }),
        [.. errors.Select(error => $"spec.ingress[0].ports[0].{error}")]);

    [Fact]
    public void Validate_PolicyTypes_AreWrittenAsJson()
    {
        AssertErrors(
            s_valid with { PolicyTypes = ["<", "", "\""] },
            "spec.policyTypes: Invalid value: [\"\\u003c\",\"\",\"\\\"\"]: may not specify more than two policyTypes");
        AssertErrors(
            s_valid with { PolicyTypes = ["Ingress", "&"] },
            "spec.policyTypes[1]: Unsupported value: \"\\u0026\": supported values: \"Ingress\", \"Egress\"");
    }

    [Fact]
    public void Validate_BadOperator_IsWrittenAsJsonAndTheRestIsChecked() => AssertErrors(
        s_valid with { PodSelector = new() { MatchExpressions = [new ExpressionManifest("", ">", ["ok", "-"])] } },
        "spec.podSelector.matchExpressions[0].operator: Invalid value: \"\\u003e\": not a valid selector operator",
        "spec.podSelector.matchExpressions[0].key: Invalid value: \"\": name part must be non-empty",
        $"spec.podSelector.matchExpressions[0].key: Invalid value: \"\": name part {LabelKeyRule}",
        "spec.podSelector.matchExpressions[0].values[1]: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric "
        + "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
        + "used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");

    [Theory]
    [InlineData("::ffff:010.0.0.1/104", "must not have leading 0s in IP or prefix length")]
    [InlineData("::ffff:10.0.0.1/104", "must not have an IPv4-mapped IPv6 address")]
    [InlineData("10.0.0.1/8", "must not have bits set beyond the prefix length")]
    [InlineData("00001::/64", "must not have leading 0s in IP or prefix length")]
    [InlineData("fe80::1%eth0/64", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)", true)]
    public void Validate_Cidr_HasOneFaultAndFewerWithoutStrictChecks(string cidr, string message, bool always = false)
    {
        var policy = WithPeer(new PeerManifest { IpBlock = new IpBlockManifest(cidr, null) });
        var error = $"spec.egress[0].to[0].ipBlock.cidr: Invalid value: \"{cidr}\": {message}";
        AssertErrors(policy, error);
        Assert.Equal(always ? [error] : [], Texts(policy, options: new() { StrictCidr = false }));
    }

    [Fact]
    public void Validate_CidrWithStrictFault_StillBoundsItsExceptions() => AssertErrors(
        WithPeer(new PeerManifest { IpBlock = new IpBlockManifest("10.0.0.1/8", ["11.0.0.0/16", "10.0.0.0/16"]) }),
        "spec.egress[0].to[0].ipBlock.cidr: Invalid value: \"10.0.0.1/8\": must not have bits set beyond the prefix length",
        "spec.egress[0].to[0].ipBlock.except[0]: Invalid value: \"11.0.0.0/16\": must be a strict subset of `cidr`");

    [Fact]
    public void Validate_PeerWithTwoFaults_ReportsFieldsThenThePeer() => AssertErrors(
        WithPeer(new PeerManifest { NamespaceSelector = new() { MatchLabels = [new("/", "")] }, IpBlock = new IpBlockManifest("", null) }),
        "spec.egress[0].to[0].namespaceSelector.matchLabels: Invalid value: \"/\": prefix part must be non-empty",
        "spec.egress[0].to[0].namespaceSelector.matchLabels: Invalid value: \"/\": name part must be non-empty",
        $"spec.egress[0].to[0].namespaceSelector.matchLabels: Invalid value: \"/\": name part {LabelKeyRule}",
        "spec.egress[0].to[0].ipBlock.cidr: Required value",
        "spec.egress[0].to[0]: Forbidden: may not specify both ipBlock and another peer");

    [Fact]
    public void Validate_Update_NameAndNamespaceAreFixedButNotCheckedAgain()
    {
        var old = new PolicyManifest { Name = "Not Valid", Namespace = "neither." };
        Assert.Empty(Texts(old, old));
        Assert.Equal(
            ["metadata.name: Invalid value: \"\": field is immutable", "metadata.namespace: Invalid value: \"other\": field is immutable"],
            Texts(new PolicyManifest { Namespace = "other" }, old));
        Assert.Equal(["metadata.labels"], PolicyValidation.Validate(old with { Labels = [new("k", "-")] }, old).Select(error => error.Field));
    }

    [Fact]
    public void Validate_Update_EvenNonsenseStaysWhereItWas()
    {
        var old = WithPeer(new PeerManifest { IpBlock = new IpBlockManifest("nonsense", ["more"]) });
        Assert.Empty(Texts(old, old));
        Assert.Equal(
            ["spec.egress[0].to[0].ipBlock.cidr: Invalid value: \"other\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"],
            Texts(WithPeer(new PeerManifest { IpBlock = new IpBlockManifest("other", ["more"]) }), old));
    }

    [Fact]
    public void Validate_Update_AnyFaultOfTheOldSelectorExcusesMalformedValues()
    {
        var old = s_valid with { PodSelector = new() { MatchExpressions = [new ExpressionManifest("k", "Nonsense", null)] } };
        var update = WithPeer(new PeerManifest { PodSelector = new() { MatchExpressions = [new ExpressionManifest("k", "In", ["-"])] } });
        Assert.Empty(Texts(update, old));
        Assert.Single(Texts(update, s_valid));
    }

    [Fact]
    public void Validate_AbsentProtocolAndTypes_AreLeftToDefaulting() => AssertErrors(WithPort(new PortManifest { PortNumber = 80 }));

    private static PolicyManifest WithPort(PortManifest port) => s_valid with { Ingress = [new RuleManifest { Ports = [port] }] };

    private static PolicyManifest WithPeer(PeerManifest peer) => s_valid with { Egress = [new RuleManifest { Peers = [peer] }] };

    private static void AssertErrors(PolicyManifest policy, params string[] errors) => Assert.Equal(errors, Texts(policy));

    private static IEnumerable<string> Texts(PolicyManifest policy, PolicyManifest? old = null, PolicyValidationOptions? options = null) =>
        PolicyValidation.Validate(policy, old, options).Select(error => error.ToString());
}
