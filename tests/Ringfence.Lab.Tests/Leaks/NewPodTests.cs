using System.Collections.Concurrent;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;
using static Ringfence.Lab.Tests.Policies;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>Pods that come and go: their first packet and their last one are judged as all others are.</summary>
public sealed class NewPodTests
{
    private const int Box = 5000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LabFamilies.V4, "node-1")]
    [InlineData(LabFamilies.V4, "node-2")]
    [InlineData(LabFamilies.V6, "node-1")]
    public async Task NewPod_SendsBeforeItsLinkIsUp_ReachesWhatItMayAlone(LabFamilies families, string node)
    {
        Root.IsNeeded();
        const int Rounds = 8;
        ClusterObjects Input(int number) => Cluster(
            Pod("open", "node-1"), Pod("guarded", "node-1"), Pod("forbidden", "node-1"), Pod($"late-{number}", node) with { Labels = LabelSet.Of("app", "late") },
            Ingress("guarded", "friend"), Egress("late", "open", "guarded"));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, Input(0), null, Cancellation);
        var boxes = new[] { "open", "guarded", "forbidden" }.ToDictionary(name => name, name => OpenBox(lab, name));
        var outside = Mailbox.Open(lab.Outside, Box, FamilyOf(lab));
        var letters = new ConcurrentBag<Letters>();
        lab.PodComing = (name, network) => letters.Add(Letters.Send(
            network, name, 0, [To(lab, "guarded"), To(lab, "forbidden"), (lab.OutsideAddresses[0], Box), To(lab, "open")]));

        for (var number = 1; number <= Rounds; number++)
        {
            await lab.ApplyAsync(Input(number), Cancellation);
            Assert.True(await boxes["open"].GetsAsync($"shop/late-{number}", more: 20));
        }

        foreach (var letter in letters) letter.Dispose();
        foreach (var number in Enumerable.Range(1, Rounds))
            Assert.Equal((0, 0, 0), (boxes["guarded"].From($"shop/late-{number}"), boxes["forbidden"].From($"shop/late-{number}"), outside.From($"shop/late-{number}")));
        foreach (var box in boxes.Values.Append(outside)) box.Dispose();
    }

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    public async Task NewPod_AskedBeforeItIsThere_IsReachedByItsFriendsAlone(LabFamilies families)
    {
        Root.IsNeeded();
        const int Rounds = 8;
        ClusterObjects Input(int number) => Cluster(
            Pod("friend", "node-2"), Pod("stranger", "node-2"), Pod("neighbour", "node-1"),
            Pod($"late-{number}", "node-1") with { Labels = LabelSet.Of("app", "late") }, Ingress("late", "friend"));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, Input(0), null, Cancellation);
        var family = FamilyOf(lab);
        var destinations = Enumerable.Range(2, 12)
            .Select(number => (Address.Parse(family == IpFamily.V4 ? $"10.244.1.{number}" : $"fd00:10:244:1::{number:x}"), Box)).ToArray();
        var letters = new[] { "stranger", "neighbour", "friend" }.Select(name => Letters.Send(lab.Pods[$"shop/{name}"].Network, name, Box, destinations))
            .Append(Letters.Send(lab.Outside, "outside", Box, destinations)).ToList();
        var boxes = new ConcurrentDictionary<string, Mailbox>();
        lab.PodComing = (name, network) => boxes[name] = Mailbox.Open(network, Box, family);

        for (var number = 1; number <= Rounds; number++)
        {
            await lab.ApplyAsync(Input(number), Cancellation);
            Assert.True(await boxes[$"shop/late-{number}"].GetsAsync("friend", more: 20));
        }

        foreach (var letter in letters) letter.Dispose();
        Assert.All(boxes.Values, box => Assert.Equal((0, 0, 0), (box.From("stranger"), box.From("neighbour"), box.From("outside"))));
        foreach (var box in boxes.Values) box.Dispose();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Address_GoesToAPodWithOtherLabels_FlowsAndRightsOfTheOldOneDoNot(bool revoke, bool atOnce)
    {
        Root.IsNeeded();
        var address = Address.Parse("10.244.1.77");
        ClusterObjects Input(string? app) => Cluster(
        [
            Pod("near", "node-1"), Pod("far", "node-2"), Pod("watcher", "node-2"),
            Ingress("new", "watcher"), Egress("new", "watcher"), Egress("far", "old", "watcher"), Ingress("far", "old"),
            .. app is null ? [] : new KubernetesObject[] { Pod(app, "node-1") with { Addresses = [address] } },
        ]);
        await using var lab = await LabCluster.StartAsync(new LabOptions { Revoke = revoke }, Input("old"), null, Cancellation);
        using var nearBox = OpenBox(lab, "near");
        using var farBox = OpenBox(lab, "far");
        using var oldBox = OpenBox(lab, "old");

        // Every flow keeps its ports, and has been answered.
        using var near = Letters.Send(lab.Pods["shop/near"].Network, "near", 4001, (address, Box));
        using var far = Letters.Send(lab.Pods["shop/far"].Network, "far", 4001, (address, Box));
        using var watcher = Letters.Send(lab.Pods["shop/watcher"].Network, "watcher", 4001, (address, Box));
        var old = Letters.Send(lab.Pods["shop/old"].Network, "old", 4002, To(lab, "near"), To(lab, "far"));
        Assert.True(await oldBox.GetsAsync("near") && await oldBox.GetsAsync("far") && await oldBox.GetsAsync("watcher"));
        Assert.True(await nearBox.GetsAsync("old") && await farBox.GetsAsync("old"));
        old.Dispose();

        Mailbox? newBox = null;
        Letters? newLetters = null;
        lab.PodComing = (_, network) =>
        {
            newBox = Mailbox.Open(network, Box);
            newLetters = Letters.Send(network, "new", 4002, To(lab, "near"), To(lab, "far"));
        };
        if (!atOnce) await lab.ApplyAsync(Input(null), Cancellation);
        await lab.ApplyAsync(Input("new"), Cancellation);

        Assert.Equal(address, lab.Pods["shop/new"].Pod.Addresses[0]);
        Assert.True(await newBox!.GetsAsync("watcher", more: 100), "the new pod's own rights");
        Assert.Equal((0, 0), (newBox.From("near"), newBox.From("far")));
        Assert.True(SpinWait.SpinUntil(() => newLetters!.Rounds > 200, 60_000));
        Assert.Equal((0, 0), (nearBox.From("new"), farBox.From("new")));

        newLetters!.Dispose();
        newBox.Dispose();
        lab.PodComing = (_, network) => newBox = Mailbox.Open(network, Box);
        await lab.ApplyAsync(Input("old"), Cancellation);
        Assert.True(await newBox.GetsAsync("near") && await newBox.GetsAsync("far") && await newBox.GetsAsync("watcher"), "a pod with the old rights has them");
        newBox.Dispose();
    }

    [Fact]
    public async Task Pod_Relabelled_GainsAndLosesWhatItsLabelsMean()
    {
        Root.IsNeeded();
        ClusterObjects Input(string app) => Cluster(
            Pod("server", "node-1"), Pod("client", "node-2") with { Labels = LabelSet.Of("app", app) }, Pod("other", "node-2"), Ingress("server", "friend", "other"));
        await using var lab = await LabCluster.StartAsync(new LabOptions(), Input("stranger"), null, Cancellation);
        using var box = OpenBox(lab, "server");
        using var client = Letters.Send(lab.Pods["shop/client"].Network, "client", 0, To(lab, "server"));
        using var other = Letters.Send(lab.Pods["shop/other"].Network, "other", 0, To(lab, "server"));

        for (var round = 0; round < 5; round++)
        {
            Assert.False(await IsHeardAsync(box, "client", "other"));
            await lab.ApplyAsync(Input("friend"), Cancellation);
            Assert.True(await box.GetsAsync("client"));
            await lab.ApplyAsync(Input("stranger"), Cancellation);
        }
    }

    [Fact]
    public async Task Pod_MadeAgainUnderItsName_HasTheRightsOfItsNewLabels()
    {
        Root.IsNeeded();
        ClusterObjects Input(string? app) => Cluster(
        [
            Pod("server", "node-1"), Pod("other", "node-2"), Ingress("server", "friend", "other"),
            .. app is null ? [] : new KubernetesObject[] { Pod("client", "node-2") with { Labels = LabelSet.Of("app", app) } },
        ]);
        await using var lab = await LabCluster.StartAsync(new LabOptions(), Input("friend"), null, Cancellation);
        using var box = OpenBox(lab, "server");
        using var other = Letters.Send(lab.Pods["shop/other"].Network, "other", 0, To(lab, "server"));
        var apps = new[] { "stranger", "friend", "stranger" };
        var letters = new List<Letters>();
        for (var round = 0; round < apps.Length; round++)
        {
            var sender = $"{apps[round]} {round}";
            lab.PodComing = (_, network) => letters.Add(Letters.Send(network, sender, 4003, To(lab, "server")));
            await lab.ApplyAsync(Input(null), Cancellation);
            await lab.ApplyAsync(Input(apps[round]), Cancellation);
            Assert.Equal(apps[round] == "friend", await IsHeardAsync(box, sender, "other"));
        }

        foreach (var letter in letters) letter.Dispose();
    }

    [Fact]
    public async Task Namespace_Relabelled_OpensAndCloses()
    {
        Root.IsNeeded();
        var policy = Ingress("server") with
        {
            Ingress =
            [
                new PolicyRule(
                    [new PolicyPeer(null, new LabelSelector([new Requirement("team", SelectorOperator.In, ["blue"])]), null, default), new PolicyPeer(Select("other"), null, null, default)],
                    [],
                    default),
            ],
        };
        ClusterObjects Input(string team) => Cluster(
            new Namespace { Name = "guests", Labels = LabelSet.Of("team", team) },
            Pod("server", "node-1"), Pod("other", "node-2"), Pod("client", "node-2") with { Namespace = "guests" }, policy);
        await using var lab = await LabCluster.StartAsync(new LabOptions(), Input("red"), null, Cancellation);
        using var box = OpenBox(lab, "server");
        using var client = Letters.Send(lab.Pods["guests/client"].Network, "client", 0, To(lab, "server"));
        using var other = Letters.Send(lab.Pods["shop/other"].Network, "other", 0, To(lab, "server"));

        for (var round = 0; round < 3; round++)
        {
            Assert.False(await IsHeardAsync(box, "client", "other"));
            await lab.ApplyAsync(Input("blue"), Cancellation);
            Assert.True(await box.GetsAsync("client"));
            await lab.ApplyAsync(Input("red"), Cancellation);
        }
    }

    /// <summary>Whether anything of a sender comes in from now on, while much of another one does.</summary>
    private static async Task<bool> IsHeardAsync(Mailbox box, string sender, string other)
    {
        Assert.True(await box.IsReadUpAsync(other));
        var before = box.From(sender);
        Assert.True(await box.GetsAsync(other, more: 50));
        return box.From(sender) > before;
    }

    private static Mailbox OpenBox(LabCluster lab, string pod) => Mailbox.Open(lab.Pods[$"shop/{pod}"].Network, Box, FamilyOf(lab));

    private static (Address Address, int Port) To(LabCluster lab, string pod) => (lab.Pods[$"shop/{pod}"].Pod.Addresses[0], Box);

    private static IpFamily FamilyOf(LabCluster lab) => lab.Pods.Values.First().Pod.Addresses[0].Family;
}
