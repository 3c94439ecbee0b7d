using static Ringfence.Kubernetes.Tests.Manifests;

namespace Ringfence.Kubernetes.Tests;

public class ServiceTests
{
    [Theory]
    [InlineData("ExternalName", "llm.example.net")]
    [InlineData("ClusterIP", null)]
    public void Read_ExternalName_IsKeptForServicesOfThatType(string type, string? expected)
    {
        var set = Read($"apiVersion: v1\nkind: Service\nmetadata: {{name: llm, namespace: shop}}\nspec: {{type: {type}, externalName: llm.example.net}}\n");

        Assert.Equal(expected, Assert.Single(set.Objects.Services).ExternalName);
    }

    [Theory]
    [InlineData("Local", true)]
    [InlineData("Cluster", false)]
    [InlineData("", false)]
    public void Read_ExternalTrafficPolicy_SaysWhetherPodsSeeClients(string policy, bool expected)
    {
        var set = Read($"apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec: {{type: LoadBalancer, externalTrafficPolicy: \"{policy}\"}}\n");

        Assert.Equal(expected, Assert.Single(set.Objects.Services).KeepsClientAddress);
    }
}
