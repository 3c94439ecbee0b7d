using System.Text;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Lab.Daemon;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Daemon;

/// <summary>What apply and delete make of objects.</summary>
public sealed class ObjectChangesTests
{
    private const string Before = """
        {"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": {}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "monitor", "namespace": "ops"}, "spec": {}},
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "shut", "namespace": "shop"}, "spec": {"podSelector": {}}}]}
        """;

    [Fact]
    public void Apply_AddsWhatIsNew_AndReplacesWhatIsThere()
    {
        var (objects, changes) = ObjectChanges.Apply(Read(Before), Read("""
            {"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}}, "spec": {}},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "ops"}, "spec": {}}]}
            """));
        Assert.Equal(["Pod shop/web configured", "Pod ops/web created"], changes.Select(change => $"{change.Object} {change.What}"));
        Assert.Equal(["ops/monitor", "ops/web", "shop/web"], objects.Pods.Select(pod => pod.QualifiedName).Order(StringComparer.Ordinal));
        Assert.Equal("web", objects.Pods.Single(pod => pod.QualifiedName == "shop/web").Labels["app"]);
        Assert.Single(objects.NetworkPolicies);
    }

    [Fact]
    public void Apply_TheSameElsewhere_IsUnchanged()
    {
        var moved = Before.Replace("\"items\": [", "\"items\": [\n\n  ", StringComparison.Ordinal);
        var (_, changes) = ObjectChanges.Apply(Read(Before), Read(moved));
        Assert.Equal(4, changes.Length);
        Assert.All(changes, change => Assert.Equal("unchanged", change.What));
    }

    [Theory]
    [InlineData("""{"podSelector": {}}""", "unchanged")]
    [InlineData("""{"podSelector": {"matchLabels": {"app": "web"}}}""", "configured")]
    [InlineData("""{"podSelector": {}, "policyTypes": ["Ingress"]}""", "configured")]
    [InlineData("""{"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}""", "configured")]
    [InlineData("""{"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}""", "configured")]
    public void Apply_APolicy_IsConfiguredWhereItSaysSomethingElse(string spec, string what)
    {
        var policy = $$"""
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "shut", "namespace": "shop"}, "spec": {{spec}}}
            """;
        Assert.Equal(what, ObjectChanges.Apply(Read(Before), Read(policy)).Changes.Single().What);
    }

    [Fact]
    public void Delete_ANamespace_TakesWhatIsInIt()
    {
        var (objects, changes) = ObjectChanges.Delete(Read(Before), [new ObjectName("Namespace", "", "shop")]);
        Assert.Equal(["Namespace shop", "Pod shop/web", "NetworkPolicy shop/shut"], changes.Select(change => change.Object.ToString()));
        Assert.Equal(["ops/monitor"], objects.Pods.Select(pod => pod.QualifiedName));
        Assert.Empty(objects.NetworkPolicies);
    }

    [Fact]
    public void Delete_SomethingThatIsNotThere_DeletesNothing()
    {
        var problem = Assert.Throws<LabException>(() => ObjectChanges.Delete(
            Read(Before), [new ObjectName("Pod", "shop", "web"), new ObjectName("Pod", "shop", "wbe")]));
        Assert.Contains("no Pod shop/wbe", problem.Message, StringComparison.Ordinal);
    }

    private static ClusterObjects Read(string json)
    {
        var manifests = ManifestReader.Read([new ManifestText("test.json", IsExplicit: true, Encoding.UTF8.GetBytes(json))], new ManifestOptions());
        Assert.False(manifests.HasErrors);
        return manifests.Objects;
    }
}
