using Ringfence.Model;
using static Ringfence.Kubernetes.Tests.Manifests;

namespace Ringfence.Kubernetes.Tests;

public class DuplicateTests
{
    [Fact]
    public void Read_SameObjectTwice_TheLaterWinsWithBothPlacesAndWhatDiffers()
    {
        var set = Read("""
            apiVersion: v1
            kind: Service
            metadata: {name: a, labels: {app: x}}
            spec: {ports: [{port: 80}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {labels: {app: z}, name: a, namespace: default}
            spec: {ports: [{port: 81}, {port: 82, name: b}]}
            """);
        var diagnostic = Only(set);
        Assert.Equal((Severity.Warning, "duplicate-object", "6:1"), (diagnostic.Severity, diagnostic.Code, Place(diagnostic)));
        Assert.Equal(
            "Service default/a is also at -:1:1; this one, the later, is used. Different (there, here): metadata.labels.app: \"x\", \"z\"; " +
            "metadata.namespace: absent, \"default\"; spec.ports[0].port: 80, 81; spec.ports[1]: absent, a mapping",
            diagnostic.Message);
        Assert.Equal(81, Assert.Single(set.Objects.Services).Ports[0].Port);
    }

    [Fact]
    public void Read_SameContentTwice_IsANote()
    {
        var set = Read("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\nkind: Namespace\nmetadata:\n  name: \"a\"\napiVersion: v1\n");
        Assert.Equal((Severity.Note, "duplicate-object"), (Only(set).Severity, Only(set).Code));
        Assert.Single(set.Objects.Namespaces);
    }

    [Fact]
    public void Read_SameNameOfAnotherKindOrNamespace_IsNoDuplicate()
    {
        var set = Read("""
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "x"}},
              {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "z"}},
              {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "x"}},
              {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "a-", "namespace": "x"}, "spec": {"template": {}}},
              {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "a-", "namespace": "x"}, "spec": {"template": {}}}]}
            """);
        Assert.Empty(set.Diagnostics);
        Assert.Equal((2, 1, 2), (set.Objects.Pods.Length, set.Objects.Services.Length, set.Objects.Workloads.Length));
    }
}
