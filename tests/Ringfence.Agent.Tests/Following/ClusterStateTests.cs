using Ringfence.Agent.Following;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Kubernetes.Client;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Agent.Tests.Following;

public class ClusterStateTests
{
    private static readonly NodeLinks Links = new(new Dictionary<string, string> { ["uplink"] = "the way to 0.0.0.0/0" }, [], []);

    [Fact]
    public void Take_AnyInterleaving_EndsAsAFreshStartDoes()
    {
        var (withRules, closed) = (0, 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var history = new History(seed, changes: 40);
            var chance = new Dice(seed + 1);
            var (inbox, state, memory) = (new ObjectInbox(() => { }), StateOfNode(), new NodeMemory());
            history.Tell(inbox, () =>
            {
                if (chance.Percent(40)) Look(inbox, state, memory);
            });
            var rules = Look(inbox, state, memory)!;

            var (fresh, freshState) = (new ObjectInbox(() => { }), StateOfNode());
            history.TellEnd(fresh);
            var expected = Look(fresh, freshState, new NodeMemory())!;
            Assert.True(freshState.Scope.Pods.AsSpan().SequenceEqual(state.Scope.Pods.AsSpan()), $"seed {seed}: {string.Join(", ", freshState.Scope.Pods)} / {string.Join(", ", state.Scope.Pods)}");
            Assert.Equal(freshState.Closed, state.Closed);
            AssertSame(expected, rules, $"seed {seed}");

            // What was left out of pods and of the cluster means nothing to the node.
            var whole = NodeCompiler.Compile(Reachability.Compile(Snapshot.Create(history.Final)), freshState.Scope, OptionsOf(freshState)).Rules;
            AssertSame(whole, rules, $"seed {seed}, beside all objects");
            withRules += rules.Chains.Count > 3 ? 1 : 0;
            closed += state.Closed.IsEmpty ? 0 : 1;
        }

        // The histories are worth something.
        Assert.True(withRules > 150, $"only {withRules} of 400 nodes had rules");
        Assert.True(closed > 50, $"only {closed} of 400 nodes had closed pods");
    }

    [Fact]
    public void Take_NotAllKindsListed_ThereIsNoCluster()
    {
        var (inbox, state) = (new ObjectInbox(() => { }), StateOfNode());
        inbox.Replace("Pod", [], []);
        inbox.Replace("Namespace", [], []);
        inbox.Replace("Node", [], []);
        inbox.Change(new NetworkPolicy { Namespace = "a", Name = "p" }, removed: false);

        state.Take(inbox.Take());

        Assert.Null(state.Cluster);
        Assert.Equal(["NetworkPolicy"], state.Awaited);
        inbox.Replace("NetworkPolicy", [], []);
        Assert.True(state.Take(inbox.Take()));
        Assert.NotNull(state.Cluster);
        Assert.Equal(0, state.Policies);
    }

    [Fact]
    public void Take_UpdateThatMeansNothing_ChangesNothing()
    {
        var (inbox, state) = Synced(PodOf("a", "10.0.0.2"), PolicyOf("closed"));
        inbox.Change(PodOf("a", "10.0.0.2") with { Images = ["other"], HostAddresses = [Address.Parse("10.0.1.2")] }, removed: false);
        inbox.Replace("NetworkPolicy", [PolicyOf("closed") with { Location = new Location("x", 1, 1) }], []);
        Assert.False(state.Take(inbox.Take()));

        inbox.Change(PodOf("a", "10.0.0.2") with { Labels = LabelSet.Of("k", "1") }, removed: false);
        Assert.True(state.Take(inbox.Take()));
    }

    [Fact]
    public void Refuse_PolicyThatWasRead_StaysInForceAsItWas()
    {
        var (inbox, state) = Synced(PodOf("a", "10.0.0.2"), PolicyOf("open", new PolicyRule([], [], default)));
        var before = NodeCompiler.Compile(state.Cluster!, state.Scope, new()).Rules;

        inbox.Refuse(new RefusedObject("NetworkPolicy", "shop", "open", "spec: is new"));
        state.Take(inbox.Take());
        AssertSame(before, NodeCompiler.Compile(state.Cluster!, state.Scope, new()).Rules, "update");
        Assert.Contains("its version before stays in force", Assert.Single(state.Unreadable).Instead, StringComparison.Ordinal);

        inbox.Replace("NetworkPolicy", [], [new RefusedObject("NetworkPolicy", "shop", "open", "spec: is new")]);
        state.Take(inbox.Take());
        AssertSame(before, NodeCompiler.Compile(state.Cluster!, state.Scope, new()).Rules, "list");

        inbox.Change(PolicyOf("open"), removed: true);
        state.Take(inbox.Take());
        Assert.Empty(state.Unreadable);
        Assert.Equal(0, state.Policies);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Refuse_PolicyThatWasNeverRead_IsolatesItsNamespace_UntilItCanBeReadOrIsGone(bool isSynced)
    {
        var refused = new RefusedObject("NetworkPolicy", "shop", "new", "spec: is new");
        var (inbox, state) = isSynced ? Synced(PodOf("a", "10.0.0.2")) : (new ObjectInbox(() => { }), StateOfNode());
        if (isSynced) inbox.Refuse(refused);
        else SyncWith(inbox, [refused], PodOf("a", "10.0.0.2"));
        state.Take(inbox.Take());

        var strict = NodeCompiler.Compile(state.Cluster!, state.Scope, new());
        Assert.Equal(2, strict.Rulesets.Count);
        Assert.All(strict.Rulesets.Values, ruleset => Assert.Equal("shop/new", Assert.Single(ruleset.Policies).QualifiedName));
        Assert.Contains("admits nothing", Assert.Single(state.Unreadable).Instead, StringComparison.Ordinal);

        inbox.Change(PolicyOf("new", new PolicyRule([], [], default)), removed: false);
        state.Take(inbox.Take());
        var read = NodeCompiler.Compile(state.Cluster!, state.Scope, new());
        Assert.Single(read.Rulesets);
        Assert.Empty(state.Unreadable);

        inbox.Change(PolicyOf("new"), removed: true);
        inbox.Refuse(refused);
        state.Take(inbox.Take());
        AssertSame(strict.Rules, NodeCompiler.Compile(state.Cluster!, state.Scope, new()).Rules, "gone and come again");

        inbox.Replace("NetworkPolicy", [], []);
        state.Take(inbox.Take());
        Assert.Empty(NodeCompiler.Compile(state.Cluster!, state.Scope, new()).Rulesets);
    }

    [Fact]
    public void LogAllowed_IsWhatTheNodeSays()
    {
        var (inbox, state) = Synced();
        Assert.False(state.LogAllowed);
        inbox.Change(NodeOf() with { Annotations = LabelSet.Of(ClusterState.LogAnnotation, "true") }, removed: false);
        Assert.True(state.Take(inbox.Take()));
        Assert.True(state.LogAllowed);
        inbox.Change(NodeOf() with { Annotations = LabelSet.Of(ClusterState.LogAnnotation, "yes") }, removed: false);
        state.Take(inbox.Take());
        Assert.False(state.LogAllowed);
    }

    internal static void AssertSame(NodeRules expected, NodeRules actual, string place)
    {
        foreach (var (name, set) in expected.Sets)
            Assert.True(actual.Sets.TryGetValue(name, out var other) && set.Equals(other), $"{place}: set {name}\n{NodeRulesText.Write(expected)}\n{NodeRulesText.Write(actual)}");
        Assert.True(expected.Equals(actual), $"{place}\n{NodeRulesText.Write(expected)}\n{NodeRulesText.Write(actual)}");
    }

    internal static ClusterState StateOfNode() => new(History.Node, _ => Links, []);

    private static RuleOptions OptionsOf(ClusterState state) => new() { LogAllowed = state.LogAllowed, MostSharedSets = 2 };

    private static NodeRules? Look(ObjectInbox inbox, ClusterState state, NodeMemory memory)
    {
        state.Take(inbox.Take());
        return state.Cluster is null ? null : NodeCompiler.Compile(state.Cluster, state.Scope, OptionsOf(state), memory).Rules;
    }

    private static (ObjectInbox Inbox, ClusterState State) Synced(params KubernetesObject[] objects)
    {
        var (inbox, state) = (new ObjectInbox(() => { }), StateOfNode());
        SyncWith(inbox, [], objects);
        state.Take(inbox.Take());
        return (inbox, state);
    }

    private static void SyncWith(ObjectInbox inbox, RefusedObject[] refused, params KubernetesObject[] objects)
    {
        foreach (var kind in (string[])["Pod", "Namespace", "NetworkPolicy"])
            inbox.Replace(kind, [.. objects.Where(item => item.Kind == kind)], [.. refused.Where(item => item.Kind == kind)]);
        inbox.Replace("Node", [NodeOf()], []);
    }

    private static Node NodeOf() => new() { Name = History.Node, PodCidrs = [Prefix.Parse("10.0.0.0/28")], Addresses = [Address.Parse("10.0.1.2")] };

    private static Pod PodOf(string name, string address) => new()
    {
        Namespace = "shop",
        Name = name,
        NodeName = History.Node,
        Phase = PodPhase.Running,
        Addresses = [Address.Parse(address)],
        Annotations = LabelSet.Of(ManifestAgent.InterfaceAnnotation, $"veth-{name}"),
    };

    private static NetworkPolicy PolicyOf(string name, params PolicyRule[] ingress) =>
        new() { Namespace = "shop", Name = name, AffectsIngress = true, Ingress = [.. ingress] };
}
