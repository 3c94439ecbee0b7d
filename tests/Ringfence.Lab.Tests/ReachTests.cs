using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;

namespace Ringfence.Lab.Tests;

/// <summary>Who reaches whom where nothing is enforced.</summary>
public class ReachTests
{
    private const int Port = 7777;

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    [InlineData(LabFamilies.Dual)]
    public async Task Pod_ReachesPodsOnEveryNodeAndTheOutside(LabFamilies families)
    {
        Root.IsNeeded();
        var input = Cluster(Pod("a", "node-1"), Pod("b", "node-1"), Pod("c", "node-2"));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families, Enforce = false }, input, null, TestContext.Current.CancellationToken);
        var source = lab.Pods["shop/a"].Network;

        foreach (var name in new[] { "shop/a", "shop/b", "shop/c" })
            foreach (var address in lab.Pods[name].Pod.Addresses)
            {
                using var server = PlainSockets.Serve(lab.Pods[name].Network, address, Port, name);
                Assert.Equal(name, await PlainSockets.AskAsync(source, address, Port));
                Assert.Equal(name, await PlainSockets.AskAsync(lab.Outside, address, Port, lab.OutsideAddresses.First(outside => outside.Family == address.Family)));
            }

        foreach (var outside in lab.OutsideAddresses) Assert.Equal($"outside {outside}", await PlainSockets.AskAsync(source, outside, Port));

        Assert.Equal(families == LabFamilies.Dual ? 2 : 1, lab.Pods["shop/a"].Pod.Addresses.Length);
    }
}
