using System.Diagnostics;
using System.Text.Json;

namespace Ringfence.Cli.Tests;

/// <summary>The command as users run it: exit codes, and what goes to which stream.</summary>
public sealed class CommandTests
{
    private const string Shop = RingfenceCommand.Shop;
    private const string Broken = "tests/Ringfence.Cli.Tests/Manifests/broken";

    [Theory]
    [InlineData("matrx")]
    [InlineData("can shop/web")]
    [InlineData("can a b c")]
    [InlineData("matrix -f x -o xml")]
    [InlineData("matrix -f x --by colour")]
    [InlineData("matrix --nonsense")]
    [InlineData("list -f tests --direction ingress")]
    [InlineData("list -f tests -l a=b=c")]
    [InlineData("list -f tests --direction sideways")]
    [InlineData("lab")]
    [InlineData("lab upp")]
    [InlineData("lab tour nowhere")]
    [InlineData("prove -f examples/rag --plan --nodes 0")]
    [InlineData("prove -f examples/rag --plan --max-probes none")]
    [InlineData("prove -f examples/rag --ipv6 --dual-stack --plan")]
    [InlineData("prove -f examples/rag --no-files --report r.html --plan")]
    [InlineData("prove -f - --keep --plan")]
    [InlineData("")]
    public void WrongUsage_ExitsWithTwo_AndSaysWhyOnStandardError(string line)
    {
        var run = RingfenceCommand.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Out);
        Assert.NotEmpty(run.Error);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void MistypedVerb_NamesTheLikelyOne() =>
        Assert.Contains("Did you mean 'matrix'?", RingfenceCommand.Run("matrx").Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("test --covrage examples/rag", "--coverage")]
    [InlineData("diff examples/rag examples/rag --fail-onn=appear", null)]
    [InlineData("generate -f examples/rag --isolat kube-system", "--isolate")]
    [InlineData("can --nonsense a/b", null)]
    public void MistypedOption_IsNotTakenForAnArgument(string line, string? likely)
    {
        var run = RingfenceCommand.Run(line.Split(' '));
        Assert.Equal(2, run.Code);
        Assert.DoesNotContain("no such file", run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
        if (likely is not null) Assert.Contains($"Did you mean '{likely}'?", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("matrix")]
    [InlineData("list")]
    [InlineData("validate")]
    [InlineData("prove --plan")]
    [InlineData("can a/b c/d:1")]
    public void NoManifests_SaysWhatToPipe(string line)
    {
        var run = RingfenceCommand.Run(line.Split(' '));
        Assert.Equal(2, run.Code);
        Assert.Contains("no manifests given", run.Error, StringComparison.Ordinal);
        Assert.Contains("kubectl get ns,", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("matrix")]
    [InlineData("can")]
    [InlineData("explain")]
    [InlineData("list")]
    [InlineData("validate")]
    [InlineData("lab")]
    [InlineData("lab up")]
    [InlineData("lab apply")]
    [InlineData("lab delete")]
    [InlineData("lab status")]
    [InlineData("lab exec")]
    [InlineData("lab flows")]
    [InlineData("lab down")]
    [InlineData("lab list")]
    [InlineData("lab tour")]
    [InlineData("prove")]
    [InlineData("completion")]
    public void Help_EveryVerb_HasExamples(string verb)
    {
        var run = RingfenceCommand.Run([.. verb.Split(' '), "--help"]);
        Assert.Equal(0, run.Code);
        Assert.Contains("Examples:", run.Out, StringComparison.Ordinal);
        Assert.Contains($"ringfence {verb}", run.Out, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void Version_IsPrinted()
    {
        var run = RingfenceCommand.Run("--version");
        Assert.Equal(0, run.Code);
        Assert.StartsWith("0.1.0", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Suggest_Words_AreCompleted()
    {
        Assert.Equal("matrix\n", RingfenceCommand.Run("[suggest:12]", "ringfence ma").Out);
        Assert.Contains("mermaid\n", RingfenceCommand.Run("[suggest:20]", "ringfence matrix -o ").Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete ")]
    [InlineData("zsh", "compdef ")]
    [InlineData("fish", "complete -c ringfence")]
    public void Completion_EveryShell_HasAScript(string shell, string expected) =>
        Assert.Contains(expected, RingfenceCommand.Run("completion", shell).Out, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "allowed", "ops/monitor shop/db-0:9187")]
    [InlineData(1, "denied", "ops/monitor shop/db-0:5432")]
    [InlineData(0, "allowed", "shop/web shop/db-0:sql")]
    [InlineData(0, "allowed", "ops/monitor shop/svc/web:80")]
    [InlineData(0, "allowed", "ops/monitor svc/shop/web:http")]
    [InlineData(0, "allowed", "203.0.113.5 shop/deploy/web:8080")]
    [InlineData(1, "denied", "203.0.113.200 shop/web:8080")]
    [InlineData(0, "allowed", "203.0.113.0/26 shop/web:8080")]
    [InlineData(0, "allowed", "shop/web 198.51.100.7:53/udp")]
    [InlineData(1, "denied", "shop/web 198.51.100.7:53")]
    [InlineData(1, "denied", "ops/monitor shop/web")]
    [InlineData(0, "allowed", "ops/monitor external")]
    [InlineData(0, "allowed", "shop/db-1 shop/db-1:1")]
    [InlineData(0, "allowed", "192.168.0.2 shop/db-1:1")]
    [InlineData(1, "denied", "shop/web shop/web:8080/udp")]
    [InlineData(2, "unknown", "ops/monitor shop/db-1:9999")]
    [InlineData(2, "unknown", "shop/web svc/shop/empty:80")]
    public void Can_Verdict_IsTheExitCode(int code, string word, string flow)
    {
        var run = RingfenceCommand.Run(["can", "-f", Shop, .. flow.Split(' ')]);
        Assert.Equal(code, run.Code);
        Assert.StartsWith(word, run.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(RingfenceCommand.Run(["can", "-f", Shop, "-o", "json", .. flow.Split(' ')]).Out);
        Assert.Equal(word, json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal("Verdict", json.RootElement.GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("ops/monitor shop/wbe:80", "Did you mean shop/web?")]
    [InlineData("monitor shop/web:80", "Did you mean ops/monitor?")]
    [InlineData("ops/monitor shop/sts/web:80", "Did you mean shop/deploy/web?")]
    [InlineData("ops/monitor svc/shop/wbe:80", "Did you mean svc/shop/web?")]
    [InlineData("ops/monitor shop/empty:80", "Did you mean svc/shop/empty?")]
    [InlineData("ops/monitor svc/shop/web:81", "80/TCP (http)")]
    [InlineData("ops/monitor shop/web:htp", "http/TCP (8080)")]
    [InlineData("ops/monitor nowhere/thing:80", "There is no namespace 'nowhere'")]
    [InlineData("ops/monitor:80 shop/web:80", "a port belongs to the destination")]
    [InlineData("svc/shop/web shop/web:80", "cannot be a source")]
    [InlineData("1.2.3.4 external:80", "is a pod")]
    [InlineData("shop/web 1.2.3.4:http", "needs a pod that declares it")]
    public void Can_WrongEndpoint_SaysWhatIsMeant(string flow, string hint)
    {
        var run = RingfenceCommand.Run(["can", "-f", Shop, .. flow.Split(' ')]);
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Can_PodsOfAWorkloadDiffer_IsDeniedAndNamesThem()
    {
        var run = RingfenceCommand.Run("can", "-f", Shop, "shop/web", "svc/shop/db:5432");
        Assert.Equal(1, run.Code);
        Assert.Contains("mixed: of 2 flows 1 denied, 1 allowed", run.Out, StringComparison.Ordinal);
        Assert.Contains("denied   shop/web -> shop/db-1:5433/TCP", run.Out, StringComparison.Ordinal);
        Assert.Contains("allowed  shop/web -> shop/db-0:5432/TCP", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Can_RangesOfTheOutsideDiffer_SaysWhichAreOpen()
    {
        var run = RingfenceCommand.Run("can", "-f", Shop, "external", "shop/web:8080");
        Assert.Equal(1, run.Code);
        Assert.Contains("allowed  203.0.113.0/25 -> shop/web:8080/TCP", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Can_EverythingToTheOutside_SaysWhatIsOpenWhere()
    {
        var run = RingfenceCommand.Run("can", "-f", Shop, "shop/web", "external");
        Assert.Equal(1, run.Code);
        Assert.Contains("what is open differs among 3 flows", run.Out, StringComparison.Ordinal);
        Assert.Contains("denied   shop/web -> 198.51.100.0/24  open: TCP 443; UDP 53", run.Out, StringComparison.Ordinal);
        Assert.Contains("denied   shop/web -> 0.0.0.0-198.51.99.255, 198.51.101.0-255.255.255.255  open: None", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.1.0.11", "10.1.0.11 is the pod shop/db-1")]
    [InlineData("192.168.0.1", "192.168.0.1 is the node node-1")]
    public void Can_AddressOfSomethingKnown_SaysSo(string source, string note) =>
        Assert.Contains(note, RingfenceCommand.Run("can", "-f", Shop, source, "shop/web:8080").Error, StringComparison.Ordinal);

    [Fact]
    public void Can_PolicyIsRefused_StillAnswersButExitsWithTwo()
    {
        var run = RingfenceCommand.Run("can", "-f", Broken, "shop/one", "shop/two:80");
        Assert.Equal(2, run.Code);
        Assert.StartsWith("allowed", run.Out, StringComparison.Ordinal);
        Assert.Contains("leaves out 1 policy that the API server would refuse: shop/typo", run.Error, StringComparison.Ordinal);
        Assert.Contains($"error: {Broken}/policy.yaml:11:19: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void StandardInput_IsRead()
    {
        var pods = File.ReadAllText(RepositoryRoot.Of("tests", "Ringfence.Cli.Tests", "Manifests", "shop", "workloads.yaml"));
        var run = RingfenceCommand.RunWith(pods, null, "can", "-f", "-", "shop/web", "shop/db-0:1");
        Assert.Equal(0, run.Code);
    }

    [Fact]
    public void Explain_StandardInput_ShowsItsLines()
    {
        var policies = File.ReadAllText(RepositoryRoot.Of("tests", "Ringfence.Cli.Tests", "Manifests", "shop", "policies.yaml"));
        var run = RingfenceCommand.RunWith(policies, null, "explain", "-f", "-", "-f", $"{Shop}/workloads.yaml", "shop/web", "shop/db-0:5432");
        Assert.Contains("21 │     - from:", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("html", "<script")]
    [InlineData("html", "\" onclick")]
    [InlineData("md", "<script")]
    [InlineData("md", " | evil")]
    [InlineData("mermaid", "\"]; evil")]
    [InlineData("dot", " \"]; evil")]
    [InlineData("table", "\e[31m")]
    [InlineData("csv", "\e[31m")]
    public void Matrix_HostileNames_StayText(string format, string danger)
    {
        const string Pods = """
            {"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "<script>alert(1)</script>\" onclick=\"x", "namespace": "a"}, "spec": {}},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b | evil \"]; evil \u001b[31m", "namespace": "a"}, "spec": {}}]}
            """;
        var run = RingfenceCommand.RunWith(Pods, null, "matrix", "-f", "-", "-o", format);
        Assert.NotEmpty(run.Out);
        Assert.DoesNotContain(danger, run.Out, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Validate_WrongPolicy_PrintsTheServersWordsAndExitsWithOne()
    {
        var run = RingfenceCommand.Run("validate", "-f", Broken);
        Assert.Equal(1, run.Code);
        Assert.Equal(
            $"""
            {Broken}/policy.yaml:13:17: spec.ingress[0].ports[0].port: Invalid value: "80": must contain at least one letter (a-z)
            {Broken}/policy.yaml:11:19: spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.300/8": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)

            """,
            run.Out);
        Assert.Contains("write 80 for the number", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Json_HasTheFixedFields()
    {
        using var json = JsonDocument.Parse(RingfenceCommand.Run("validate", "-f", Broken, "-o", "json").Out);
        var item = json.RootElement.GetProperty("items")[0];
        Assert.Equal("FieldValueInvalid", item.GetProperty("type").GetString());
        Assert.Equal("spec.ingress[0].ports[0].port", item.GetProperty("field").GetString());
        Assert.Equal("80", item.GetProperty("value").GetString());
        Assert.Equal("must contain at least one letter (a-z)", item.GetProperty("message").GetString());
        Assert.Equal(13, item.GetProperty("location").GetProperty("line").GetInt32());
    }

    [Fact]
    public void Validate_WithoutNamespace_IsRefusedUnlessOneIsGiven()
    {
        const string Policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n";
        var refused = RingfenceCommand.RunWith(Policy, null, "validate", "-f", "-");
        Assert.Equal(1, refused.Code);
        Assert.Contains("metadata.namespace: Required value", refused.Out, StringComparison.Ordinal);
        Assert.Contains("-n NAME", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, RingfenceCommand.RunWith(Policy, null, "validate", "-f", "-", "-n", "team").Code);
    }

    [Fact]
    public void Validate_CleanInput_SaysHowMuchIsValid()
    {
        var run = RingfenceCommand.Run("validate", "-f", Shop);
        Assert.Equal(0, run.Code);
        Assert.Equal("16 objects in 4 files are valid (4 NetworkPolicies; of other kinds only metadata and the fields that are read are checked)\n", run.Out);
    }

    [Theory]
    [InlineData("no/such/file.yaml", "")]
    [InlineData("-", "{{ .Values.x }}: [\n")]
    [InlineData("-", "a: b: c\n")]
    public void Validate_WhatCannotBeRead_ExitsWithTwo(string file, string input) =>
        Assert.Equal(2, RingfenceCommand.RunWith(input, null, "validate", "-f", file).Code);

    [Fact]
    public void NotEvaluatedPolicy_IsLoudAndInMachineOutput()
    {
        const string Cilium = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: shop}\n";
        var run = RingfenceCommand.RunWith(Cilium, null, "list", "-f", "-", "-f", Shop, "-o", "json");
        Assert.Contains("WARNING: ", run.Error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal("shop/a", json.RootElement.GetProperty("notEvaluated")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void List_Focus_ShowsOnlyItsConnections()
    {
        var run = RingfenceCommand.Run("list", "-f", Shop, "-o", "csv", "--focus", "shop/db", "--direction", "ingress");
        Assert.Equal("source,destination,connection,unknown\nops/monitor,shop/db-0,TCP 9187,\nops/monitor,shop/db-1,None,TCP 9999\nops/node-agent,shop/db-1,None,TCP 9999\nshop/web,shop/db-0,TCP 5432,\nshop/web,shop/db-1,None,TCP 9999\n10.2.0.0/16,shop/db-1,TCP 9999,\n", run.Out);
    }

    [Fact]
    public void Matrix_Csv_SaysWhatIsUnknown() =>
        Assert.Contains("\nshop/web,shop/db-1,None,TCP 9999\n", RingfenceCommand.Run("matrix", "-f", Shop, "-o", "csv").Out, StringComparison.Ordinal);

    [Fact]
    public void List_NoHeaders_IsOneTable() =>
        Assert.All(
            RingfenceCommand.Run("list", "-f", Shop, "--no-headers").Out.TrimEnd().Split('\n'),
            line => Assert.Equal(3, line.Split("   ", StringSplitOptions.RemoveEmptyEntries).Length));

    [Fact]
    public void Explain_Csv_PolicyWithoutRulesHasARow()
    {
        const string Deny = """
            {"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "a"}, "spec": {}},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "y", "namespace": "a"}, "spec": {}},
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "shut", "namespace": "a"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}]}
            """;
        var run = RingfenceCommand.RunWith(Deny, null, "explain", "-f", "-", "a/x", "a/y:80", "-o", "csv", "--no-headers");
        Assert.StartsWith("a/x,a/y:80/TCP,ingress,a/shut,no,\"it has no ingress rules, so it allows nothing\",", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("300.1.1.1:80", "'300.1.1.1' is not an IP address")]
    [InlineData("10.0.0.1/33:80", "'10.0.0.1/33' is not a CIDR")]
    [InlineData("[fd00::1::2]:80", "'fd00::1::2' is not an IP address")]
    public void Can_MistypedAddress_SaysSo(string destination, string message)
    {
        var run = RingfenceCommand.Run("can", "-f", Shop, "shop/web", destination);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void FullDisk_IsSaidPlainly()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("there is no /dev/full");
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec '{RingfenceCommand.Executable}' list -f {Shop} > /dev/full"])
        {
            WorkingDirectory = RepositoryRoot.Path,
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        Assert.Contains("error: cannot write the answer: no space left\n", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
        process.WaitForExit();
        Assert.Equal(2, process.ExitCode);
    }

    [Fact]
    public void List_Selector_ChoosesRows()
    {
        var run = RingfenceCommand.Run("list", "-f", Shop, "-o", "csv", "-l", "app in (monitor)", "--direction", "ingress", "--no-headers");
        Assert.Equal(0, run.Code);
        Assert.NotEmpty(run.Out);
        Assert.All(run.Out.TrimEnd().Split('\n'), line => Assert.Equal("ops/monitor", line.Split(',')[1]));
    }

    [Fact]
    public void List_WhatTheInputDoesNotDecide_IsNamedUnknown()
    {
        var run = RingfenceCommand.Run("list", "-f", Shop, "-o", "json");
        using var json = JsonDocument.Parse(run.Out);
        var row = json.RootElement.GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("source").GetString() == "ops/monitor" && item.GetProperty("destination").GetString() == "shop/db-1");
        Assert.Equal("None", row.GetProperty("connection").GetString());
        Assert.Equal("TCP 9999", row.GetProperty("unknown").GetString());
        Assert.Contains("cannot be decided", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void List_Ingress_ShowsControllerAndOpening()
    {
        using var json = JsonDocument.Parse(RingfenceCommand.Run("list", "-f", Shop, "-o", "json").Out);
        Assert.Contains(json.RootElement.GetProperty("items").EnumerateArray(), item => item.GetProperty("source").GetString() == "{ingress-controller}");
        Assert.Equal("Ingress shop/shop", json.RootElement.GetProperty("openings")[0].GetProperty("via").GetString());
    }

    [Fact]
    public void Matrix_Json_HasEveryPairAndTheDiagonal()
    {
        using var json = JsonDocument.Parse(RingfenceCommand.Run("matrix", "-f", Shop, "-o", "json").Out);
        var pairs = json.RootElement.GetProperty("items").EnumerateArray()
            .Select(item => (Source: item.GetProperty("source").GetString()!, Destination: item.GetProperty("destination").GetString()!)).ToList();
        string[] workloads = ["ops/monitor", "ops/node-agent", "shop/db-0", "shop/db-1", "shop/web"];
        foreach (var source in workloads)
            foreach (var destination in workloads)
                Assert.Single(pairs, pair => pair == (source, destination));
    }

    [Fact]
    public void Matrix_Namespace_ChoosesRows()
    {
        var run = RingfenceCommand.Run("matrix", "-f", Shop, "-n", "ops", "--no-headers");
        Assert.Equal(["ops/monitor", "ops/node-agent"], run.Out.TrimEnd().Split('\n').Select(line => line.Split(' ')[0]));
        Assert.Equal(8, RingfenceCommand.Run("matrix", "-f", Shop, "-n", "ops", "-A", "--no-headers").Out.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Redirected_Output_HasNoColour()
    {
        var run = RingfenceCommand.Run("can", "-f", Shop, "shop/web", "shop/db-0:1");
        Assert.DoesNotContain('\e', run.Out + run.Error);
    }

    [Fact]
    public async Task ClosedPipe_EndsSilently()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell");
        var command = $"'{RingfenceCommand.Executable}' matrix -f {Shop} -o html | true; echo ${{PIPESTATUS[0]}}";
        var start = new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = RepositoryRoot.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal("141\n", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("error", await error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("matrix", "-n", "nowhere", "the input has no namespace nowhere")]
    [InlineData("list", "-n", "nowhere", "the input has no namespace nowhere")]
    [InlineData("list", "-l", "app=nothing", "no workload of the input matches")]
    public void Answer_NothingAskedAbout_SaysWhyItIsEmpty(string verb, string option, string value, string reason) =>
        Assert.Contains(reason, RingfenceCommand.Run(verb, "-f", Shop, option, value).Error, StringComparison.Ordinal);
}
