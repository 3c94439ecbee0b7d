using System.Text;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Kubernetes.Manifests.Editing;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Tests.Editing;

public sealed class ManifestEditorTests
{
    private const string Head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\n";

    [Theory]
    [InlineData("spec:\n  podSelector: {} # who\n", EditKind.Set, "spec.policyTypes", "[Egress]", "spec:\n  podSelector: {} # who\n  policyTypes: [Egress]\n")]
    [InlineData("spec:\n  podSelector: {}", EditKind.Set, "spec.policyTypes", "[Egress]", "spec:\n  podSelector: {}\n  policyTypes: [Egress]")]
    [InlineData("spec:\n  policyTypes: [Ingress] # c\n", EditKind.Set, "spec.policyTypes", "[Egress]", "spec:\n  policyTypes: [Egress] # c\n")]
    [InlineData("spec:\n  policyTypes:\n    - Ingress\n    - Egress\n  podSelector: {}\n", EditKind.Set, "spec.policyTypes", "[Egress]", "spec:\n  policyTypes: [Egress]\n  podSelector: {}\n")]
    [InlineData("spec: {podSelector: {}}\n", EditKind.Set, "spec.policyTypes", "[Egress]", "spec: {podSelector: {}, policyTypes: [Egress]}\n")]
    [InlineData("spec: {}\n", EditKind.Set, "spec.podSelector.matchLabels[a.b/c]", "d", "spec:\n  podSelector:\n    matchLabels:\n      a.b/c: d\n")]
    [InlineData("spec: # later\n", EditKind.Set, "spec.podSelector", "{}", "spec: # later\n  podSelector: {}\n")]
    [InlineData("spec:\n  podSelector: {}\n", EditKind.Set, "metadata.annotations[x/y]", "\"1\"", "spec:\n  podSelector: {}\n", "metadata: {name: p, annotations: {x/y: \"1\"}}\n")]
    [InlineData("spec:\n  ingress:\n  - from:\n    - podSelector: {}\n    # last\n  egress: []\n", EditKind.Append, "spec.ingress[0].from", "namespaceSelector:\n  matchLabels:\n    a: b",
        "spec:\n  ingress:\n  - from:\n    - podSelector: {}\n    - namespaceSelector:\n        matchLabels:\n          a: b\n    # last\n  egress: []\n")]
    [InlineData("spec:\n  egress: []\n", EditKind.Append, "spec.egress", "to:\n- podSelector: {}", "spec:\n  egress:\n  - to:\n    - podSelector: {}\n")]
    [InlineData("spec:\n  ingress:\n    - from: []\n", EditKind.Append, "spec.egress", "to:\n- podSelector: {}", "spec:\n  ingress:\n    - from: []\n  egress:\n    - to:\n      - podSelector: {}\n")]
    [InlineData("spec:\n  policyTypes: [Ingress]\n", EditKind.Append, "spec.policyTypes", "Egress", "spec:\n  policyTypes: [Ingress, Egress]\n")]
    [InlineData("spec:\n  ingress:\n  - from: []\n    ports:\n    - port: 80 # web\n    - port: 81\n", EditKind.Remove, "spec.ingress[0].ports[0]", null, "spec:\n  ingress:\n  - from: []\n    ports:\n    - port: 81\n")]
    [InlineData("spec:\n  ingress:\n  - from: []\n    ports:\n    - port: 80\n", EditKind.Remove, "spec.ingress[0].from", null, "spec:\n  ingress:\n  - ports:\n    - port: 80\n")]
    [InlineData("spec:\n  ingress:\n  - from: []\n  podSelector: {}\n", EditKind.Remove, "spec.ingress[0]", null, "spec:\n  ingress: []\n  podSelector: {}\n")]
    [InlineData("spec:\n  ingress:\n  - from: []\n  podSelector: {}\n", EditKind.Remove, "spec.ingress", null, "spec:\n  podSelector: {}\n")]
    [InlineData("spec: {ingress: [{}], podSelector: {}}\n", EditKind.Remove, "spec.ingress", null, "spec: {podSelector: {}}\n")]
    [InlineData("spec: {ingress: [{}, {}], podSelector: {}}\n", EditKind.Remove, "spec.ingress[1]", null, "spec: {ingress: [{}], podSelector: {}}\n")]
    [InlineData("spec:\n  podSelector: {matchLabels: {ap: web}}\n", EditKind.Rename, "spec.podSelector.matchLabels.ap", "app", "spec:\n  podSelector: {matchLabels: {app: web}}\n")]
    [InlineData("spec:\n  ingress:\n  - ports:\n    - port: web\n", EditKind.Set, "spec.ingress[0].ports[0].port", "8080", "spec:\n  ingress:\n  - ports:\n    - port: 8080\n")]
    public void Apply_Edit_ChangesThatAlone(string spec, EditKind kind, string path, string? value, string expected, string? metadata = null)
    {
        var head = metadata is null ? Head : Head.Replace("metadata: {name: p}\n", metadata, StringComparison.Ordinal);

        Assert.Equal(head + expected, Edit(Head + spec, kind, path, value));
        // Line ends and a byte order mark stay too.
        Assert.Equal((head + expected).Replace("\n", "\r\n", StringComparison.Ordinal), Edit((Head + spec).Replace("\n", "\r\n", StringComparison.Ordinal), kind, path, value));
        Assert.Equal("\uFEFF" + head + expected, Edit("\uFEFF" + Head + spec, kind, path, value));
    }

    [Fact]
    public void Apply_Json_StaysJson()
    {
        const string Text =
            """
            {
              "apiVersion": "networking.k8s.io/v1",
              "kind": "NetworkPolicy",
              "metadata": {"name": "p"},
              "spec": {
                "podSelector": {},
                "egress": []
              }
            }
            """;

        Assert.Equal(
            Text.Replace("\"egress\": []", "\"egress\": [],\n    \"policyTypes\": [\"Egress\"]", StringComparison.Ordinal),
            Edit(Text, EditKind.Set, "spec.policyTypes", "- Egress"));
        Assert.Equal(
            Text.Replace("\"egress\": []", "\"egress\": [{\"to\": [{\"podSelector\": {\"matchLabels\": {\"a\": \"1\"}}}]}]", StringComparison.Ordinal),
            Edit(Text, EditKind.Append, "spec.egress", "to:\n- podSelector:\n    matchLabels:\n      a: \"1\""));
    }

    [Fact]
    public void Apply_ItemOfAList_LeavesTheOthers()
    {
        const string Text =
            "kind: List\napiVersion: v1\nitems:\n- apiVersion: networking.k8s.io/v1\n  kind: NetworkPolicy\n  metadata: {name: a}\n  spec:\n    podSelector: {}\n"
            + "- apiVersion: networking.k8s.io/v1\n  kind: NetworkPolicy\n  metadata: {name: b}\n  spec:\n    podSelector: {}\n";

        var edited = Edit(Text, EditKind.Set, "spec.policyTypes", "[Egress]", name: "a");

        Assert.Equal(Text.Replace("    podSelector: {}\n- ", "    podSelector: {}\n    policyTypes: [Egress]\n- ", StringComparison.Ordinal), edited);
    }

    [Theory]
    [InlineData("spec: &s\n  podSelector: {}\n", "anchor")]
    [InlineData("spec:\n  podSelector: &x {}\n  ingress:\n  - from: [{podSelector: *x}]\n", "anchor", "spec.podSelector.matchLabels.a")]
    [InlineData("spec:\n  podSelector: {}\n", "there is no spec.ingress", "spec.ingress[0].from")]
    public void Apply_WhatCannotBeDone_IsRefusedAndLeavesTheText(string spec, string reason, string path = "spec.policyTypes")
    {
        var text = Head + spec;
        var item = Assert.Single(Read(text).NetworkPolicies);

        var outcome = ManifestEditor.Apply(Encoding.UTF8.GetBytes(text), [[new ManifestEdit(item, EditKind.Set, path, "b")]]);

        Assert.Equal(text, Encoding.UTF8.GetString(outcome.Content.Span));
        Assert.Contains(reason, Assert.Single(outcome.Refused).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spec:\n  podSelector:\n    matchExpressions: [{key: app, operator: In, values: [wbe]}]\n", EditKind.Set, "is not wbe")]
    [InlineData("spec:\n  podSelector:\n    matchLabels: {app: api}\n    matchExpressions: [{key: app, operator: In, values: [wbe]}]\n", EditKind.Set, "is not wbe")]
    [InlineData("spec:\n  podSelector:\n    matchLabels: {app: api}\n    matchExpressions: [{key: app, operator: In, values: [wbe]}]\n", EditKind.Rename, "is not wbe")]
    public void Apply_AnotherTextThanWasMeant_IsRefused(string spec, EditKind kind, string reason)
    {
        var item = Assert.Single(Read(Head + spec).NetworkPolicies);

        var outcome = ManifestEditor.Apply(Encoding.UTF8.GetBytes(Head + spec), [[new ManifestEdit(item, kind, "spec.podSelector.matchLabels[app]", "web") { Was = "wbe" }]]);

        Assert.Empty(outcome.Made);
        Assert.Contains(reason, Assert.Single(outcome.Refused).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spec:\n  policyTypes:\n  # why\n  - Ingress\n  podSelector: {}\n", "[Egress]", "comment")]
    [InlineData("spec:\n  policyTypes: # why\n  - Ingress\n  podSelector: {}\n", "[Egress]", "comment")]
    [InlineData("spec:\n  policyTypes: [Egress]\n  podSelector: {}\n", "[Egress]", "already")]
    public void Apply_WhatWouldLoseACommentOrChangesNothing_IsRefused(string spec, string value, string reason)
    {
        var item = Assert.Single(Read(Head + spec).NetworkPolicies);

        var outcome = ManifestEditor.Apply(Encoding.UTF8.GetBytes(Head + spec), [[new ManifestEdit(item, EditKind.Set, "spec.policyTypes", value)]]);

        Assert.Equal(Head + spec, Encoding.UTF8.GetString(outcome.Content.Span));
        Assert.Contains(reason, Assert.Single(outcome.Refused).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_SeveralObjectsAndSets_MakesOneOfEachObject()
    {
        var text = $"{Head}spec:\n  podSelector: {{}}\n---\n# second\n{Head.Replace("name: p", "name: q", StringComparison.Ordinal)}spec:\n  podSelector: {{}}\n";
        var policies = Read(text).NetworkPolicies;

        var outcome = ManifestEditor.Apply(Encoding.UTF8.GetBytes(text),
        [
            [Set(policies[0], "spec.policyTypes", "[Egress]"), Set(policies[0], "metadata.labels.a", "b")],
            [Set(policies[1], "spec.policyTypes", "[Ingress]")],
            [Set(policies[1], "spec.policyTypes", "[Egress]")],
        ]);

        Assert.Equal([0, 1], outcome.Made);
        Assert.Empty(outcome.Refused);
        Assert.Equal(
            text.Replace("metadata: {name: p}", "metadata: {name: p, labels: {a: b}}", StringComparison.Ordinal)
                .Replace("{}\n---", "{}\n  policyTypes: [Egress]\n---", StringComparison.Ordinal) + "  policyTypes: [Ingress]\n",
            Encoding.UTF8.GetString(outcome.Content.Span));

        static ManifestEdit Set(KubernetesObject item, string path, string value) => new(item, EditKind.Set, path, value);
    }

    internal static ClusterObjects Read(string text) =>
        ManifestReader.Read([new ManifestText("a.yaml", IsExplicit: true, Encoding.UTF8.GetBytes(text))], new ManifestOptions()).Objects;

    private static string Edit(string text, EditKind kind, string path, string? value, string name = "p")
    {
        var item = Read(text).NetworkPolicies.Single(policy => policy.Name == name);
        var outcome = ManifestEditor.Apply(Encoding.UTF8.GetBytes(text), [[new ManifestEdit(item, kind, path, value)]]);
        Assert.Empty(outcome.Refused);
        return Encoding.UTF8.GetString(outcome.Content.Span);
    }
}
