using System.Text;
using Ringfence.Analysis.Differences;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Analysis.Tests.Differences;

public sealed class ClusterDifferenceTests
{
    private const string Namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n";

    [Fact]
    public void Between_SamePoliciesElsewhereAndLaidOutOtherwise_IsNothing()
    {
        var text = Namespace + Pods("web", "db") + Policy("p", "app: db", "ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }]");

        var difference = Between(View(text, "old/all.yaml"), View("# another head line\n" + text, "new/there/all.yaml"));

        Assert.Empty(difference.Changes);
        Assert.Empty(difference.Policies);
    }

    [Fact]
    public void Between_AddedPolicy_NamesItWithItsRule()
    {
        var pods = Namespace + Pods("web", "db", "other");
        var difference = Between(
            View(pods + Policy("deny", "{}", "policyTypes: [Ingress]"), "old.yaml"),
            View(pods + Policy("deny", "{}", "policyTypes: [Ingress]") + Policy("door", "app: db", "ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 5432 }] }]"), "new.yaml"));

        var change = Assert.Single(difference.Changes);
        Assert.Equal(("a/web", "a/db", ChangeKind.Appear, "None", "TCP 5432"), (change.Source.Name, change.Destination.Name, change.Kind, $"{change.Before.Certain}", $"{change.After.Certain}"));
        var cause = Assert.Single(difference.ReasonOf(change).Causes);
        Assert.Equal("policy a/door added: ingress[0]", cause.ToString());
        Assert.Equal("new.yaml", cause.Location.File);
        Assert.Equal("a/door", Assert.Single(difference.Policies).Name);
    }

    [Fact]
    public void Between_RemovedRule_NamesThePolicyThatHadIt()
    {
        var pods = Namespace + Pods("web", "db");
        var difference = Between(
            View(pods + Policy("door", "app: db", "ingress: [{ ports: [{ port: 80 }] }, { ports: [{ port: 81 }] }]"), "old.yaml"),
            View(pods + Policy("door", "app: db", "ingress: [{ ports: [{ port: 80 }] }]"), "new.yaml"));

        var change = difference.Changes.Single(item => item.Source.Name == "a/web");
        Assert.Equal((ChangeKind.Narrow, "TCP 80-81", "TCP 80"), (change.Kind, $"{change.Before.Certain}", $"{change.After.Certain}"));
        Assert.Equal("policy a/door changed: it had a rule for this, ingress[1]", Assert.Single(difference.ReasonOf(change).Causes).ToString());
    }

    [Fact]
    public void Between_OtherPort_IsAShift()
    {
        var pods = Namespace + Pods("web", "db");
        var difference = Between(
            View(pods + Policy("door", "app: db", "ingress: [{ ports: [{ port: 80 }] }]"), "old.yaml"),
            View(pods + Policy("door", "app: db", "ingress: [{ ports: [{ port: 81 }] }]"), "new.yaml"));

        Assert.All(difference.Changes, change => Assert.Equal(ChangeKind.Shift, change.Kind));
        Assert.Equal(["a/web", "0.0.0.0/0"], difference.Changes.Select(change => change.Source.Name));
    }

    [Fact]
    public void Between_OtherLabels_NamesThem()
    {
        var policy = Policy("deny", "app: db", "policyTypes: [Ingress]");
        var difference = Between(
            View(Namespace + Pods("web") + Pod("db", "app: db") + policy, "old.yaml"),
            View(Namespace + Pods("web") + Pod("db", "app: database") + policy, "new.yaml"));

        var change = difference.Changes.Single(item => item.Source.Name == "a/web");
        Assert.Equal(ChangeKind.Appear, change.Kind);
        Assert.Equal("labels of a/db changed: app=database, was app=db", Assert.Single(difference.ReasonOf(change).Causes).ToString());
    }

    // Many that name few: what isolates one pod must not be lost among them.
    [Fact]
    public void Between_IsolatedSource_FindsTheOneThatNamesIt()
    {
        string[] names = [.. Enumerable.Range(1, 12).Select(i => $"p{i}")];
        var pods = Namespace + Pods(names)
            + string.Concat(names.Select((name, i) => Policy($"in-{name}", $"app: {name}", $"ingress: [{{ from: [{{ podSelector: {{ matchLabels: {{ app: p{((i + 1) % 12) + 1} }} }} }}] }}]")));
        var difference = Between(View(pods, "old.yaml"), View(pods + Policy("shut", "app: p5", "policyTypes: [Egress]"), "new.yaml"));

        Assert.Equal(["a/p4", "0.0.0.0/0"], difference.Changes.Select(change => change.Destination.Name));
        Assert.All(difference.Changes, change => Assert.Equal((ChangeKind.Vanish, "a/p5"), (change.Kind, change.Source.Name)));
    }

    [Fact]
    public void Between_WorkloadOfOneSide_IsShownAsSuch()
    {
        var difference = Between(View(Namespace + Pods("web", "old"), "old.yaml"), View(Namespace + Pods("web", "new"), "new.yaml"));

        Assert.Equal("a/old", Assert.Single(difference.Removed).Name);
        Assert.Equal("a/new", Assert.Single(difference.Added).Name);
        Assert.Equal(8, difference.Changes.Length);
        var appeared = difference.Changes.Single(change => change.Source.Name == "a/web" && change.Kind == ChangeKind.Appear);
        Assert.Equal("a/new", appeared.Alone!.Name);
        Assert.Equal("workload a/new added", Assert.Single(difference.ReasonOf(appeared).Causes).ToString());
    }

    [Fact]
    public void Between_NamespaceThatIsNotDeclared_IsUnknownAndNotAppear()
    {
        const string Remote = "apiVersion: v1\nkind: Pod\nmetadata: { name: r, namespace: b, labels: { app: r } }\n---\n";
        var pods = Namespace + "---\n" + Remote + Pods("db") + Policy("deny", "{}", "policyTypes: [Ingress]");
        var difference = Between(
            View(pods, "old.yaml"),
            View(pods + Policy("door", "app: db", "ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: x } } }] }]"), "new.yaml"));

        var change = Assert.Single(difference.Changes);
        Assert.Equal((ChangeKind.Unknown, "b/r", "None", "All"), (change.Kind, change.Source.Name, $"{change.After.Certain}", $"{change.After.Possible}"));
        Assert.Equal("policy a/door added: ingress[0]", Assert.Single(difference.ReasonOf(change).Causes).ToString());
    }

    [Fact]
    public void Between_DeploymentThatBecameAStatefulSet_IsTheSameWorkload()
    {
        static string Workload(string kind, string label) =>
            $"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{ name: db, namespace: a }}\nspec: {{ selector: {{ matchLabels: {{ app: {label} }} }}, template: {{ metadata: {{ labels: {{ app: {label} }} }}, spec: {{ containers: [] }} }} }}\n---\n";
        var difference = Between(View(Namespace + "---\n" + Workload("Deployment", "db"), "old.yaml"), View(Namespace + "---\n" + Workload("StatefulSet", "db"), "new.yaml"));

        Assert.Empty(difference.Changes);
        Assert.Empty(difference.Added);
    }

    private static ClusterDifference Between(ClusterView old, ClusterView @new) => ClusterDifference.Between(old, @new);

    private static ClusterView View(string yaml, string file)
    {
        var read = ManifestReader.Read([new ManifestText(file, true, Encoding.UTF8.GetBytes(yaml))], new ManifestOptions(), TestContext.Current.CancellationToken);
        Assert.Empty(read.Diagnostics);
        return ClusterView.Create(Reachability.Compile(Snapshot.Create(read.Objects)));
    }

    private static string Pods(params string[] names) => string.Concat(names.Select(name => Pod(name, $"app: {name}")));

    private static string Pod(string name, string labels) => $"---\napiVersion: v1\nkind: Pod\nmetadata: {{ name: {name}, namespace: a, labels: {{ {labels} }} }}\n";

    private static string Policy(string name, string labels, string spec) =>
        $"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{ name: {name}, namespace: a }}\nspec:\n  podSelector: {(labels == "{}" ? labels : $"{{ matchLabels: {{ {labels} }} }}")}\n  {spec}\n";
}
