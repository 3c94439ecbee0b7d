using Ringfence.Agent.Following;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Agent.Tests.Following;

/// <summary>What an agent keeps of objects.</summary>
public sealed class MeaningTests
{
    private static readonly Pod Whole = new()
    {
        Namespace = "shop",
        Name = "web",
        Labels = LabelSet.Of("app", "web"),
        Annotations = LabelSet.Of("ringfence.dev/interface", "veth1"),
        Owner = new OwnerReference("ReplicaSet", "web-5d4c7"),
        Location = Location.OfServed("shop", "web"),
        Network = new PodNetworkSpec([new ContainerPort("http", 80, Protocol.Tcp)], HostNetwork: false),
        Images = ["web:1"],
        NodeName = "node-1",
        Phase = PodPhase.Running,
        Addresses = [Address.Parse("10.0.0.2")],
        HostAddresses = [Address.Parse("192.0.2.1")],
    };

    [Fact]
    public void Pod_OfTheNode_IsReducedOnce_AndKeepsItsInterface()
    {
        var pod = Assert.IsType<Pod>(Meaning.Reduce(Whole, "node-1"));

        Assert.Equal((Whole.Labels, Whole.Annotations, Whole.Network, "node-1"), (pod.Labels, pod.Annotations, pod.Network, pod.NodeName));
        Assert.Equal(Whole.Addresses, pod.Addresses);
        Assert.True(pod is { Owner: null, Images.IsEmpty: true, HostAddresses.IsEmpty: true, Location.File: null });
        Assert.Same(pod, Meaning.Reduce(pod, "node-1"));
        Assert.Same(pod, Meaning.Of(pod, "node-1"));
    }

    [Fact]
    public void Pod_OfAnotherNode_HasNoNodeAndNoAnnotations()
    {
        var pod = Assert.IsType<Pod>(Meaning.Reduce(Whole, "node-2"));

        Assert.Null(pod.NodeName);
        Assert.Equal(LabelSet.Empty, pod.Annotations);
        Assert.Same(pod, Meaning.Reduce(pod, "node-2"));
        Assert.NotSame(pod, Meaning.Reduce(pod with { Annotations = Whole.Annotations }, "node-2"));
    }

    [Theory]
    [InlineData(PodPhase.Succeeded)]
    [InlineData(PodPhase.Failed)]
    public void Pod_ThatHasFinished_IsHeardOfAndTakesNoPart(PodPhase phase)
    {
        var pod = Assert.IsType<Pod>(Meaning.Reduce(Whole with { Phase = phase }, "node-1"));

        Assert.True(pod.IsFinished);
        Assert.Null(Meaning.Of(pod, "node-1"));
    }
}
