using System.Text.Json.Nodes;
using Xunit;

namespace Ringfence.Lab.Tests.Served;

/// <summary>A change of a lab fails half way.</summary>
public sealed class HalfChangedTests
{
    [Fact]
    public async Task Waiting_EndsWithTheReason()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var run = await ServedLabs.StartAsync(new LabOptions { Name = "half-changed" }, cancellation);
        run.Lab.Cluster.PodComing = (_, _) => throw new LabException("it broke");
        run.Api.Create(ServedLabs.Namespaces, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "shop" } });
        run.Api.Create(ServedLabs.Pods, ServedLabs.Pod("shop", "web", "node-1", []));

        // Far sooner than its patience is over.
        var thrown = await Assert.ThrowsAsync<LabException>(() => run.Lab.AwaitAsync(TimeSpan.FromDays(1), cancellation));

        Assert.Equal("a change failed half way, and the lab is neither as before nor as asked for: it broke", thrown.Message);
    }
}
