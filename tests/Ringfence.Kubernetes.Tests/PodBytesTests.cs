using System.Text;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Tests;

public class PodBytesTests
{
    [Theory]
    [InlineData(1, 0.0, 0.6)]
    [InlineData(2, 0.01, 0.2)]
    [InlineData(3, 0.1, 0.0)]
    public void TryRead_RandomPods_SameAsTheStrictWayOrNothing(int seed, double oddity, double leastShare)
    {
        const int Count = 4000;
        var source = new RandomPods(seed) { Oddity = oddity };
        var options = new DecodeOptions { DefaultNamespace = "here" };
        var pods = new PodBytes(options, "f");
        var tree = new JsonTree();
        var taken = 0;
        for (var i = 0; i < Count; i++)
        {
            var text = Encoding.UTF8.GetBytes(source.Next());
            var fast = pods.TryRead(text, 7, 9);
            if (fast is null) continue;
            taken++;
            var diagnostics = new List<Diagnostic>();
            var strict = ObjectDecoder.Decode((MappingNode)tree.Read(text, 7, 9).Root!, "v1", "Pod", "f", options, diagnostics);
            Assert.True(diagnostics.Count == 0, $"{diagnostics.FirstOrDefault()}\n{Encoding.UTF8.GetString(text)}");
            Assert.Equal(Show((Pod)strict.Object!), Show(fast));
        }

        Assert.InRange(taken, Count * leastShare, Count);
    }

    [Fact]
    public void Read_BigList_SaysTheSameAsSmallOnes()
    {
        // Over a megabyte, so that pods are read from bytes; one by one they are read strictly.
        var source = new RandomPods(4) { Oddity = 0.002 };
        var items = Enumerable.Range(0, 3000).Select(i => source.Next(i % 100 == 0 ? "ConfigMap" : "Pod").Replace("\"pod-", $"\"pod-{i}-", StringComparison.Ordinal)).ToArray();
        var big = Manifests.Read($$"""{"apiVersion": "v1", "items": [{{string.Join(",\n", items)}}], "kind": "List"}""");
        var small = items.Select(item => Manifests.Read(item)).ToArray();
        Assert.Equal([], big.Diagnostics.Where(d => d.Code == "duplicate-object"));
        Assert.Equal(small.SelectMany(set => set.Objects.Pods).Select(Where), big.Objects.Pods.Select(Where));
        Assert.Equal(small.SelectMany(set => set.Diagnostics).Select(d => $"{d.Code} {d.Object}"), big.Diagnostics.Select(d => $"{d.Code} {d.Object}"));
        Assert.Equal(small.Sum(set => set.SkippedKinds.Values.Sum()), big.SkippedKinds.Values.Sum());

        static string Where(Pod pod) => Show(pod with { Location = default });
    }

    private static string Show(Pod pod) =>
        $"{pod.Describe()} {pod.Labels} {pod.Annotations} {pod.Owner} {pod.Location} {pod.Location.EndLine} {string.Join(' ', pod.Network.Ports)} " +
        $"{string.Join(' ', pod.Images)} {pod.Network.HostNetwork} {pod.Network.HasOwnDns} {pod.NodeName ?? "-"} {pod.Phase} {string.Join(' ', pod.Addresses)} {string.Join(' ', pod.HostAddresses)}";
}
