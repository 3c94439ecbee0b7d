namespace Ringfence.Cli.Tests.Live;

/// <summary>Which cluster is read, and what is said where it cannot be.</summary>
public sealed class LiveInputTests
{
    [Fact]
    public async Task A_cluster_and_manifests_exclude_each_other()
    {
        await using var server = await FewRightsServer.StartAsync();
        var run = server.Run("matrix", "--context", "here", "-f", "examples/rag");
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("--context and -f exclude each other", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, server.Run("matrix", "-f", "examples/rag").Code);
    }

    [Fact]
    public async Task Names_without_a_namespace_are_in_that_of_the_context()
    {
        await using var server = await FewRightsServer.StartAsync();
        var run = server.Run("can", "other/web", "web:80");
        Assert.True(run.Code == 1, run.Error);
        Assert.Contains("team/deny", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list", "team/web,0.0.0.0/0,All,")]
    [InlineData("matrix", "team/web,0.0.0.0/0,All,")]
    [InlineData("lint", "Namespace team|Pod team/web|NetworkPolicy team/deny")]
    [InlineData("validate", "Invalid value: 0")]
    public async Task A_namespace_limits_what_is_told_and_not_what_is_read(string verb, string ofTeamAlone)
    {
        await using var server = await FewRightsServer.StartAsync();
        if (verb == "validate")
            server.More["apis/networking.k8s.io/v1/networkpolicies"] = """{"metadata":{"name":"deny","namespace":"team","uid":"1","resourceVersion":"1"},"spec":{"podSelector":{},"policyTypes":["Ingress"],"ingress":[{"ports":[{"port":0}]}]}}""";
        string Told(params string[] more) => server.Run([verb, .. more, .. verb is "list" or "matrix" ? ["-o", "csv"] : (string[])[]]).Out;

        var (other, all) = (Told("-n", "other"), Told());
        foreach (var text in ofTeamAlone.Split('|'))
        {
            Assert.DoesNotContain(text, other, StringComparison.Ordinal);
            Assert.Contains(text, all, StringComparison.Ordinal);
        }

        Assert.Contains("other", other, StringComparison.Ordinal);
        Assert.Equal(all, Told("-n", "other", "-A"));
    }

    [Fact]
    public async Task A_context_that_is_not_there_leads_to_the_nearest()
    {
        await using var server = await FewRightsServer.StartAsync();
        var run = server.Run("matrix", "--context", "her");
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("the kubeconfig has no context \"her\"\nDid you mean here?", run.Error, StringComparison.Ordinal);
        Assert.Contains("no context \"--help\"", server.Run("diff", "cluster:--help", "examples/rag").Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_that_may_be_listed_in_one_namespace_only_are_read_there()
    {
        await using var server = await FewRightsServer.StartAsync();
        server.Forbidden.UnionWith(["*/pods", "*/networkpolicies", "namespaces", "nodes"]);
        var run = server.Run("list", "-o", "csv");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("namespace team is read alone", run.Error, StringComparison.Ordinal);
        Assert.Contains("nodes are left out, because you may not list them", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("other/web", run.Out, StringComparison.Ordinal);
        var all = server.Run("list", "-A");
        Assert.Equal((2, ""), (all.Code, all.Out));
        Assert.Contains("does not let you read it", all.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_policies_there_is_no_answer()
    {
        await using var server = await FewRightsServer.StartAsync();
        server.Forbidden.Add("networkpolicies");
        var run = server.Run("matrix");
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("networkpolicies is forbidden: User \"u\" cannot list resource", run.Error, StringComparison.Ordinal);
        Assert.Contains("ClusterRole 'view'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_of_other_kinds_are_told_loudly()
    {
        await using var server = await FewRightsServer.StartAsync();
        server.More["apis/cilium.io/v2/ciliumnetworkpolicies"] = """{"apiVersion":"cilium.io/v2","kind":"CiliumNetworkPolicy","metadata":{"name":"extra","namespace":"team"},"spec":{"whatever":[1]}}""";
        var run = server.Run("can", "other/web", "team/web:80", "-o", "json");
        Assert.Contains("WARNING: cluster:team/extra: CiliumNetworkPolicy team/extra (cilium.io/v2) is not evaluated", run.Error, StringComparison.Ordinal);
        Assert.Contains("CiliumNetworkPolicy", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_user_is_told()
    {
        await using var server = await FewRightsServer.StartAsync();
        server.Always = 401;
        var run = server.Run("matrix");
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("does not know you: Unauthorized\nThe credentials may have expired", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        var server = await FewRightsServer.StartAsync();
        var address = server.Run("matrix").Error;
        Assert.Contains("reading the cluster of context here, http://127.0.0.1:", address, StringComparison.Ordinal);
        await using var api = await LiveApi.StartAsync();
        var gone = api.WriteConfig("gone", "https://127.0.0.1:1", "x");
        var run = api.Run("matrix", "--kubeconfig", gone);
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("the server https://127.0.0.1:1 cannot be reached: ", run.Error, StringComparison.Ordinal);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Trust_and_tokens_are_checked()
    {
        await using var api = await LiveApi.StartAsync();
        var wrong = api.Run("matrix", "--kubeconfig", api.WriteConfig("wrong", api.Address, "no-such-token"));
        Assert.Contains("does not know you", wrong.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("no-such-token", wrong.Error + wrong.Out, StringComparison.Ordinal);
        var distrusted = api.Run("matrix", "--kubeconfig", api.WriteConfig("distrusted", api.Address, "x", "disable-compression: true"));
        Assert.Equal(2, distrusted.Code);
        Assert.Contains("is not trusted: its certificate is from an authority that is not trusted", distrusted.Error, StringComparison.Ordinal);
        var unverified = api.Run("matrix", "--kubeconfig", api.WriteConfig("unverified", api.Address, "x", "insecure-skip-tls-verify: true"));
        Assert.Contains("WARNING: the server's certificate is not checked", unverified.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_about_files_is_not_done_to_a_cluster()
    {
        await using var server = await FewRightsServer.StartAsync();
        Assert.Contains("--fix mends manifests", server.Run("lint", "--fix").Error, StringComparison.Ordinal);
        Assert.Contains("--watch follows files", server.Run("test", "--watch", "--context", "here").Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_reads_the_manifests_beside_it_unless_a_cluster_is_named()
    {
        await using var server = await FewRightsServer.StartAsync();
        var run = server.Run("test", "examples/rag");
        Assert.Equal(0, run.Code);
        Assert.DoesNotContain("reading the cluster", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difference_joins_manifests_that_both_have_with_the_cluster()
    {
        await using var server = await FewRightsServer.StartAsync();
        var run = server.Run("diff", "cluster:", "/dev/null", "-o", "csv");
        Assert.True(run.Code is 0 or 1, run.Error);
        Assert.Equal(2, server.Run("diff", "cluster:", "examples/rag", "--context", "nowhere").Code);
    }
}
