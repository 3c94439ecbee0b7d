using System.Diagnostics;
using Ringfence.Dataplane.Namespaces;
using Xunit;

namespace Ringfence.Cli.Tests;

public class AgentTests
{
    [Fact]
    public void Agent_OfTheNetworkItIsStartedIn_IsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");

        // Were it not refused, this would be the network that gets a table.
        using var own = NetworkNamespace.Create();
        var run = own.Run(() => RingfenceCommand.Run("agent", "-f", RingfenceCommand.Shop, "--node", "node-1", "--netns", "/proc/self/ns/net", "--once"));

        Assert.Equal(2, run.Code);
        Assert.Contains("is this machine's own network", run.Error, StringComparison.Ordinal);
        Assert.Contains("--this-machine", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("ringfence", Tables(own), StringComparison.Ordinal);
    }

    [Fact]
    public void Agent_OfTheNetworkItIsStartedInOnPurpose_Enforces()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        using var own = NetworkNamespace.Create();

        var run = own.Run(() => RingfenceCommand.Run(
            "agent", "-f", RingfenceCommand.Shop, "--node", "node-1", "--netns", "/proc/self/ns/net", "--once", "--this-machine"));

        Assert.Equal(0, run.Code);
        Assert.Contains("ringfence", Tables(own), StringComparison.Ordinal);
    }

    private static string Tables(NetworkNamespace network) => network.Run(() =>
    {
        using var nft = Process.Start(new ProcessStartInfo("nft", ["list", "tables"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        return nft.StandardOutput.ReadToEnd();
    });
}
