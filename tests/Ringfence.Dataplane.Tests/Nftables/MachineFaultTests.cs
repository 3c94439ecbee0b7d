using System.Runtime.InteropServices;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Nftables;
using Xunit;

namespace Ringfence.Dataplane.Tests.Nftables;

public class MachineFaultTests
{
    [Fact]
    public void Open_WithoutTheCapability_SaysThatItNeedsRoot()
    {
        NftProgram.NeedsRoot();
        using var network = NetworkNamespace.Create();
        Exception? thrown = null;

        // Capabilities are a thread's own, and the threads that it starts have no more.
        var thread = new Thread(() =>
        {
            DropNetworkAdministration();
            thrown = Record.Exception(() => NodeTable.Open(network));
        });
        thread.Start();
        thread.Join();

        var fault = Assert.IsType<MachineException>(thrown);
        Assert.Equal("changing nftables needs root (the capability CAP_NET_ADMIN)", fault.Message);
        Assert.Contains("sudo", fault.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "needs root")]
    [InlineData(93, "no netfilter netlink")]
    [InlineData(22, "no nftables")]
    [InlineData(95, "no nftables")]
    public void Refusal_OfTheFirstQuestion_IsAFaultOfTheMachineWithRemedy(int error, string message)
    {
        var fault = NftablesFault.Of(new NetlinkException(error, "ask"));

        Assert.NotNull(fault);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Remedy);
    }

    [Fact]
    public void Refusal_OfAnotherKind_IsNoFaultOfTheMachine() => Assert.Null(NftablesFault.Of(new NetlinkException(2, "ask")));

    // capset(2): version 3, this thread; two words each of the effective, permitted and inheritable capabilities. 12 is CAP_NET_ADMIN.
    private static void DropNetworkAdministration()
    {
        const int networkAdministration = 12;
        Span<uint> header = [0x2008_0522, 0];
        Span<uint> data = stackalloc uint[6];
        Assert.Equal(0, capget(ref MemoryMarshal.GetReference(header), ref MemoryMarshal.GetReference(data)));
        data[0] &= ~(1u << networkAdministration);
        Assert.Equal(0, capset(ref MemoryMarshal.GetReference(header), ref MemoryMarshal.GetReference(data)));
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int capget(ref uint header, ref uint data);

    [DllImport("libc", SetLastError = true)]
    private static extern int capset(ref uint header, ref uint data);
}
