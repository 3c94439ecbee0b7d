namespace Ringfence.Cli.Tests.Live;

/// <summary><c>test</c> without a file tests what a running cluster has of expectations.</summary>
public sealed class LiveExpectationTests
{
    private const string Holds = "cases: [{name: the API is asked, allow: [{from: chat-ui, to: rag-api, ports: [8000]}]}]";
    private const string Fails = "cases: [{name: nobody asks, deny: [{from: ai-platform/chat-ui, to: ai-platform/rag-api, ports: [8000]}]}]";

    [Fact]
    public async Task Objects_of_the_cluster_are_tested_by_their_names()
    {
        await using var api = await LiveApi.StartAsync("examples/rag");
        var none = api.Run("test", "--context", "here");
        Assert.Equal((2, ""), (none.Code, none.Out));
        Assert.Contains("there is no object of kind Expectations in the cluster of context here", none.Error, StringComparison.Ordinal);

        await api.AddExpectationsAsync("ai-platform", "holds", Holds);
        Assert.Contains("1 passed", api.Run("test", "--context", "here").Out, StringComparison.Ordinal);

        await api.AddExpectationsAsync("ml-ops", "fails", Fails);
        var all = api.Run("test", "--kubeconfig", api.Config);
        Assert.Equal(1, all.Code);
        Assert.Contains("cluster:ai-platform/holds\nPASS   the API is asked\n\ncluster:ml-ops/fails\nFAIL   nobody asks\n  cluster:ml-ops/fails: expected denied; 1 of 1 flow is not as expected\n", all.Out, StringComparison.Ordinal);
        Assert.Equal(0, api.Run("test", "--context", "here", "-n", "ai-platform").Code);
        Assert.Equal(1, api.Run("test", "--context", "here", "-n", "ai-platform", "-A").Code);
        Assert.Contains("in namespace kube-system of the cluster", api.Run("test", "--context", "here", "-n", "kube-system").Error, StringComparison.Ordinal);
        Assert.DoesNotContain("line=", api.Run("test", "--context", "here", "-o", "junit").Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_that_say_too_little_are_errors_with_their_names()
    {
        await using var api = await LiveApi.StartAsync("examples/rag");
        await api.AddExpectationsAsync("ml-ops", "odd", "cases: [{name: x, deny: [{from: a, to: [[b]]}]}]");

        var run = api.Run("test", "--context", "here");

        Assert.Equal((2, ""), (run.Code, run.Out.Trim()));
        Assert.Contains("cluster:ml-ops/odd: Expectations: cases[0].deny[0].to[0]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_without_the_kind_says_how_to_add_it()
    {
        await using var server = await FewRightsServer.StartAsync();
        server.Always = 404;

        var run = server.Run("test", "--context", "here");

        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("does not know the kind Expectations", run.Error, StringComparison.Ordinal);
        Assert.Contains("kubectl apply -f deploy/crds", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_not_all_may_be_listed_those_of_the_namespace_are_tested()
    {
        await using var server = await FewRightsServer.StartAsync();
        server.More["apis/ringfence.dev/v1alpha1/namespaces/team/expectations"] =
            """{"kind":"Expectations","apiVersion":"ringfence.dev/v1alpha1","metadata":{"name":"rules","namespace":"team","uid":"u-1"},"cases":[{"name":"closed","deny":[{"from":"external","to":"web"}]}]}""";
        server.Forbidden.Add("*/expectations");

        var run = server.Run("test", "--context", "here");

        Assert.Contains("those of namespace team are tested alone", run.Error, StringComparison.Ordinal);
        Assert.Contains("PASS   closed", run.Out, StringComparison.Ordinal);
        Assert.Contains("is forbidden", server.Run("test", "--context", "here", "-A").Error, StringComparison.Ordinal);
    }
}
