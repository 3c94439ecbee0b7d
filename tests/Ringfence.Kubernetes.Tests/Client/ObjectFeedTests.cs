using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.Client;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Tests.Client;

public sealed class ObjectFeedTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    private static FeedOptions Hurried(bool streams = true) => new()
    {
        FirstWait = TimeSpan.FromMilliseconds(1), LongestWait = TimeSpan.FromMilliseconds(20), Streams = streams,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_objects_come_first_and_then_each_change(bool streams)
    {
        var cluster = new SyntheticCluster("Pod", "pods") { Streams = streams };
        for (var i = 0; i < 1200; i++) cluster.Put("a", $"pod-{i}");
        await using var run = await FeedRun.StartAsync(cluster, Hurried());
        await run.Feed.Synced.WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.Equal(1200, run.Sink.Of("Pod").Count);
        cluster.Put("a", "pod-7");
        cluster.Put("b", "new");
        cluster.Remove("a", "pod-8");
        await run.AgreesAsync();
        Assert.Equal((1, 3), (run.Sink.Replaces, run.Sink.Changes));
        Assert.Equal(streams ? 0 : 3, cluster.Lists);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_left_of_an_object_when_it_is_reduced_is_what_the_sink_gets(bool streams)
    {
        var cluster = new SyntheticCluster("Pod", "pods") { Streams = streams };
        for (var i = 0; i < 700; i++) cluster.Put("a", $"pod-{i}");
        await using var run = await FeedRun.StartAsync(cluster, Hurried() with { Reduce = item => item with { Annotations = LabelSet.Of("ringfence.dev/version", "less") } });
        await run.Feed.Synced.WaitAsync(Bound, TestContext.Current.CancellationToken);

        // More than one reader reads.
        for (var i = 0; i < 600; i++) cluster.Put("b", $"new-{i}");
        Assert.True(SpinWait.SpinUntil(() => run.Sink.Changes == 600, Bound));
        Assert.Equal(1300, run.Sink.Of("Pod").Count);
        Assert.All(run.Sink.Of("Pod").Values, version => Assert.Equal("less", version));
    }

    [Fact]
    public async Task A_watch_that_ends_is_begun_where_it_left_off()
    {
        var cluster = new SyntheticCluster("Pod", "pods");
        cluster.Put("a", "one");
        await using var run = await FeedRun.StartAsync(cluster, Hurried() with { WatchDuration = TimeSpan.FromSeconds(1) });
        await run.AgreesAsync();
        run.Drop();
        cluster.Put("a", "two");
        await run.AgreesAsync();
        Assert.Equal((1, 1), (run.Sink.Replaces, cluster.Lists));
    }

    [Fact]
    public async Task What_the_server_has_forgotten_is_read_anew()
    {
        var cluster = new SyntheticCluster("Pod", "pods");
        cluster.Put("a", "one");
        cluster.Put("a", "two");
        await using var run = await FeedRun.StartAsync(cluster, Hurried());
        await run.AgreesAsync();
        run.Drop(() =>
        {
            cluster.Remove("a", "one");
            cluster.Put("a", "three");
            cluster.Compact();
        });
        await run.AgreesAsync();
        Assert.Equal(2, run.Sink.Replaces);
        Assert.Contains(run.Notes, note => note.Event == FeedEvent.Expired);
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_is_refused_by_name_and_the_others_go_on()
    {
        var cluster = new SyntheticCluster("Pod", "pods") { Streams = true };
        var bad = new JsonObject { ["status"] = new JsonObject { ["podIP"] = "no address" } };
        cluster.Put("a", "bad", bad);
        cluster.Put("a", "good");
        await using var run = await FeedRun.StartAsync(cluster, Hurried());
        await run.Feed.Synced.WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.Equal(ObservedSink.Unreadable, run.Sink.Of("Pod")["a/bad"]);
        cluster.Put("a", "good", bad);
        await PollAsync(() => run.Sink.Of("Pod")["a/good"] == ObservedSink.Unreadable);
        cluster.Put("a", "good");
        cluster.Remove("a", "bad");
        await run.AgreesAsync();
    }

    [Fact]
    public async Task What_is_no_object_at_all_does_not_stop_the_others()
    {
        var cluster = new SyntheticCluster("Pod", "pods");
        cluster.Put("a", "number", raw: "12");
        cluster.Put("a", "nothing", raw: "null");
        cluster.Put("a", "nameless", raw: """{"metadata":{}}""");
        cluster.Put("a", "good");
        await using var run = await FeedRun.StartAsync(cluster, Hurried());
        await run.Feed.Synced.WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.Equal(["/", "a/good"], run.Sink.Of("Pod").Keys.Order(StringComparer.Ordinal));
        cluster.Put("a", "later");
        await PollAsync(() => run.Sink.Of("Pod").ContainsKey("a/later"));
    }

    [Fact]
    public async Task A_kind_that_the_cluster_does_not_serve_is_empty_where_it_may_be_missing()
    {
        var cluster = new SyntheticCluster("Pod", "pods");
        await using var run = await FeedRun.StartAsync(cluster, Hurried(), new FeedKind(ReadTypes.OtherPolicies[0]) { IsOptional = true });
        await run.Feed.Synced.WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.Equal(1, run.Sink.Replaces);
        Assert.Contains(run.Notes, note => note.Event == FeedEvent.NotServed);
    }

    [Fact]
    public async Task A_kind_that_must_be_there_is_asked_for_again_and_its_state_says_why()
    {
        var cluster = new SyntheticCluster("Pod", "pods");
        await using var run = await FeedRun.StartAsync(cluster, Hurried(), new FeedKind(ReadTypes.Nodes));
        await PollAsync(() => run.Feed.States[0].Problem is not null);
        Assert.Equal((false, "the server could not find the requested resource"), (run.Feed.States[0].IsSynced, run.Feed.States[0].Problem));
    }

    [Fact]
    public async Task A_server_that_is_gone_for_a_while_is_found_again()
    {
        var cluster = new SyntheticCluster("Pod", "pods");
        cluster.Put("a", "one");
        var isDown = true;
        await using var server = await TestServer.StartAsync(context =>
        {
            if (!Volatile.Read(ref isDown)) return cluster.Answer(context);
            context.Abort();
            return Task.CompletedTask;
        });
        await using var run = FeedRun.Start(server, cluster, Hurried());
        await PollAsync(() => run.Feed.States[0].Problem is not null);
        Volatile.Write(ref isDown, false);
        await run.AgreesAsync();
        await PollAsync(() => run.Feed.States[0] is { Problem: null, IsSynced: true, LastHeard: not null });
        Assert.Contains(run.Notes, note => note.Event == FeedEvent.Recovered);
    }

    [Fact]
    public async Task A_watch_that_says_nothing_any_more_is_begun_again()
    {
        var cluster = new SyntheticCluster("Pod", "pods");
        cluster.Put("a", "one");
        var deaf = 1;
        await using var server = await TestServer.StartAsync(async context =>
        {
            if (context.Request.Query["watch"] == "1" && context.Request.Query["sendInitialEvents"] != "true" && Interlocked.Exchange(ref deaf, 0) == 1)
            {
                await context.Response.StartAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }

            await cluster.Answer(context);
        });
        await using var run = FeedRun.Start(server, cluster, Hurried() with { Silence = TimeSpan.FromMilliseconds(300) });
        await run.AgreesAsync();
        cluster.Put("a", "two");
        await run.AgreesAsync();
        Assert.Equal(1, run.Sink.Replaces);
    }

    [Fact]
    public async Task What_the_sink_throws_ends_the_feed()
    {
        var cluster = new SyntheticCluster("Pod", "pods");
        await using var server = await TestServer.StartAsync(cluster.Answer);
        using var client = server.Client();
        var feed = new ObjectFeed(client, [new FeedKind(ReadTypes.Pods)], new ThrowingSink(), Hurried());
        await Assert.ThrowsAsync<NotSupportedException>(() => feed.RunAsync(TestContext.Current.CancellationToken).WaitAsync(Bound, TestContext.Current.CancellationToken));
    }

    /// <summary>Whatever happens on the way, and in whatever pieces it comes: in the end the sink knows what the server has.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task However_bad_the_way_is_the_sink_ends_with_what_the_server_has(int seed)
    {
        var chance = new Random(seed);
        var cluster = new SyntheticCluster("Pod", "pods", new Random(seed + 1)) { Streams = seed % 2 == 0 };
        for (var i = 0; i < 40; i++) Change(cluster, chance);
        await using var run = await FeedRun.StartAsync(cluster, Hurried(), pageSize: 7);
        for (var i = 0; i < 300; i++)
        {
            Change(cluster, chance);
            if (chance.Next(40) == 0) cluster.Compact();
            if (chance.Next(5) == 0) await Task.Yield();
            if (chance.Next(20) == 0) await Task.Delay(chance.Next(5), TestContext.Current.CancellationToken);
        }

        cluster.IsCalm = true;
        cluster.Put("a", "last");
        await run.AgreesAsync();
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 16)];

    private static void Change(SyntheticCluster cluster, Random chance)
    {
        var (@namespace, name) = ($"ns-{chance.Next(3)}", $"pod-{chance.Next(25)}");
        switch (chance.Next(8))
        {
            case 0 or 1:
                cluster.Remove(@namespace, name);
                break;
            case 2:
                cluster.Put(@namespace, name, new JsonObject { ["status"] = new JsonObject { ["phase"] = "Dreaming" } });
                break;
            default:
                cluster.Put(@namespace, name, new JsonObject { ["spec"] = new JsonObject { ["schedulerName"] = new string('x', chance.Next(2000)) } });
                break;
        }
    }

    private static async Task PollAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Bound);
        while (!condition()) await Task.Delay(10, limit.Token);
    }

    private sealed class ThrowingSink : IObjectSink
    {
        public void Replace(string kind, IReadOnlyCollection<Model.KubernetesObject> objects, IReadOnlyCollection<RefusedObject> refused) => throw new NotSupportedException();

        public void Change(Model.KubernetesObject changed, bool removed) => throw new NotSupportedException();

        public void Refuse(RefusedObject refused) => throw new NotSupportedException();
    }

    /// <summary>A feed that runs against a synthetic cluster.</summary>
    private sealed class FeedRun : IAsyncDisposable
    {
        private readonly SyntheticCluster _cluster;
        private readonly TestServer? _own;
        private readonly ApiClient _client;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        private FeedRun(TestServer server, TestServer? own, SyntheticCluster cluster, FeedOptions options, FeedKind kind, int pageSize)
        {
            (_cluster, _own) = (cluster, own);
            _client = server.Client(new ApiClientOptions { PageSize = pageSize, Patience = TimeSpan.FromMinutes(1) });
            Feed = new ObjectFeed(_client, [kind], Sink, options with { Tell = note => { lock (Notes) Notes.Add(note); } });
            _running = Feed.RunAsync(_stop.Token);
        }

        public ObservedSink Sink { get; } = new();

        public ObjectFeed Feed { get; }

        public List<FeedNote> Notes { get; } = [];

        public static FeedRun Start(TestServer server, SyntheticCluster cluster, FeedOptions options) => new(server, null, cluster, options, new FeedKind(ReadTypes.Pods), 500);

        public static async Task<FeedRun> StartAsync(SyntheticCluster cluster, FeedOptions options, FeedKind? kind = null, int pageSize = 500)
        {
            var server = await TestServer.StartAsync(cluster.Answer);
            return new FeedRun(server, server, cluster, options, kind ?? new FeedKind(ReadTypes.Pods), pageSize);
        }

        /// <summary>Ends the connections that are open; what is done meanwhile is not told to them.</summary>
        public void Drop(Action? meanwhile = null) => _cluster.Drop(meanwhile);

        /// <summary>Waits until the sink knows what the server has.</summary>
        public async Task AgreesAsync()
        {
            using var limit = new CancellationTokenSource(Bound);
            while (Difference() is { } difference)
            {
                if (_running.IsFaulted) await _running;
                Assert.False(limit.IsCancellationRequested, difference);
                await Task.Delay(10, CancellationToken.None);
            }
        }

        private string? Difference()
        {
            var (server, sink) = (_cluster.State, Sink.Of("Pod"));
            foreach (var (name, version) in server)
                if (!sink.TryGetValue(name, out var known) || (known != ObservedSink.Unreadable && known != version.ToString(CultureInfo.InvariantCulture)))
                    return $"{name} is of version {version}, the sink has {(sink.TryGetValue(name, out known) ? known : "nothing")}";
            foreach (var (name, known) in sink)
            {
                if (!server.ContainsKey(name)) return $"{name} is gone, the sink has it";
                if (known == ObservedSink.Unreadable && !_cluster.IsUnreadable(name)) return $"{name} can be read, the sink was told that it cannot";
            }

            return null;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.WaitAsync(Bound, CancellationToken.None);
            _client.Dispose();
            if (_own is not null) await _own.DisposeAsync();
            _stop.Dispose();
        }
    }
}
