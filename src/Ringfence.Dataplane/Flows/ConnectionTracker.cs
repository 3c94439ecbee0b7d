using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>Chooses flows while they are read.</summary>
/// <param name="flow">A flow.</param>
/// <returns>Whether it belongs to the result.</returns>
public delegate bool TrackedFlowFilter(in TrackedFlow flow);

/// <summary>The flows that the kernel tracks in one network namespace. Thread-safe: every call that goes on at a time has a socket of its own.</summary>
/// <remarks>nf_conntrack_netlink; the list is no snapshot, flows come and go while it is read.</remarks>
public sealed class ConnectionTracker(NetworkNamespace network) : IDisposable
{
    private const int NoEntry = 2;
    private const int Interrupted = 4;
    private const int Attempts = 5;

    // Beyond so many addresses one walk that sees every flow is cheaper than two walks for each address.
    private const int MostKernelFilters = 4;

    // Kept from call to call: closing one waits until the kernel is rid of what the last commit of rules removed (a grace period of RCU), and commits wait meanwhile.
    private NetlinkSocket? _idle;

    // Messages a send: their acknowledgements and errors must fit the socket's buffer.
    private const int Batch = 1024;

    /// <summary>The flows that a filter chooses; all of them without one. Only those cost memory.</summary>
    /// <exception cref="MachineException">The kernel cannot list flows.</exception>
    public ImmutableArray<TrackedFlow> List(TrackedFlowFilter? filter = null)
    {
        return With(socket =>
        {
            var flows = new List<TrackedFlow>();
            Collect(socket, new NetlinkMessages(), request => ConntrackMessages.Dump(request, family: null), filter, flows);
            return flows.ToImmutableArray();
        });
    }

    /// <summary>The flows that begin at one of these addresses or really lead to one of them, as far as a filter chooses them.</summary>
    /// <param name="touching">The addresses. For a few of IPv4 the kernel itself leaves out the rest.</param>
    /// <param name="filter">Chooses among them.</param>
    /// <exception cref="MachineException">The kernel cannot list flows.</exception>
    public ImmutableArray<TrackedFlow> List(IReadOnlySet<Address> touching, TrackedFlowFilter? filter = null)
    {
        return With(socket =>
        {
            var messages = new NetlinkMessages();
            var flows = new List<TrackedFlow>();
            foreach (var family in (ReadOnlySpan<IpFamily>)[IpFamily.V4, IpFamily.V6])
            {
                Address[] addresses = [.. touching.Where(address => address.Family == family)];
                if (addresses.Length == 0) continue;

                // The kernel's filter for IPv6 leaves out just the flows that it is asked for (seen up to 6.18).
                if (family == IpFamily.V4 && addresses.Length <= MostKernelFilters)
                {
                    CollectFiltered(socket, messages, addresses, filter, flows);
                    continue;
                }

                TrackedFlowFilter touches = (in TrackedFlow flow) => Touches(flow, touching) && (filter is null || filter(flow));
                Collect(socket, messages, request => ConntrackMessages.Dump(request, family), touches, flows);
            }

            return flows.ToImmutableArray();
        });
    }

    /// <summary>How many flows there are.</summary>
    /// <exception cref="MachineException">The kernel cannot count flows.</exception>
    public int Count()
    {
        try
        {
            return With(Count);
        }
        catch (NetlinkException problem)
        {
            throw Explain(problem);
        }
    }

    /// <summary>Changes bits of the marks of flows.</summary>
    /// <param name="flows">The flows, as <see cref="List(TrackedFlowFilter?)"/> gave them.</param>
    /// <param name="mask">The bits to change; the others stay.</param>
    /// <param name="value">The bits to set among them; the others of the mask are cleared.</param>
    /// <returns>How many of the flows were still there.</returns>
    /// <exception cref="NetlinkException">The kernel refused for another reason than that the flow has ended.</exception>
    public int SetMark(ReadOnlySpan<TrackedFlow> flows, uint mask, uint value)
    {
        if (flows.IsEmpty) return 0;
        var changed = flows.ToArray();
        return With(socket => SetMark(socket, changed, mask, value));
    }

    /// <summary>Lets go of the socket that it keeps.</summary>
    public void Dispose() => Interlocked.Exchange(ref _idle, null)?.Dispose();

    private static int Count(NetlinkSocket socket)
    {
        var messages = new NetlinkMessages();
        ConntrackMessages.Count(messages);
        socket.Send(messages);
        while (true)
        {
            foreach (var message in new NetlinkReader(socket.Receive()))
            {
                if (message.IsError) throw new NetlinkException(message.Error, "count tracked flows", message.ErrorText);
                if (message.Subsystem == ConntrackMessages.Subsystem) return ConntrackMessages.ReadCount(message);
            }
        }
    }

    private static int SetMark(NetlinkSocket socket, ReadOnlySpan<TrackedFlow> flows, uint mask, uint value)
    {
        var messages = new NetlinkMessages();
        var gone = 0;
        for (var start = 0; start < flows.Length; start += Batch)
        {
            messages.Clear();
            foreach (ref readonly var flow in flows.Slice(start, Math.Min(Batch, flows.Length - start)))
                ConntrackMessages.ChangeMark(messages, flow, mask, value & mask);
            messages.AddFlags(NetlinkFlags.Acknowledge);
            socket.Send(messages);
            gone += CountGone(socket, messages.Sequence);
        }

        return flows.Length - gone;
    }

    private static int CountGone(NetlinkSocket socket, uint last)
    {
        // Messages are acknowledged one by one, in order; those without the flag only where they fail.
        var gone = 0;
        while (true)
        {
            foreach (var message in new NetlinkReader(socket.Receive()))
            {
                if (!message.IsError) continue;
                if (message.Error == NoEntry) gone++;
                else if (message.Error != 0) throw new NetlinkException(message.Error, "mark a tracked flow", message.ErrorText);
                if (message.Sequence == last) return gone;
            }
        }
    }

    private static bool Touches(in TrackedFlow flow, IReadOnlySet<Address> addresses) => addresses.Contains(flow.Source) || addresses.Contains(flow.ReplySource);

    private static void CollectFiltered(NetlinkSocket socket, NetlinkMessages messages, Address[] addresses, TrackedFlowFilter? filter, List<TrackedFlow> flows)
    {
        foreach (var address in addresses)
        {
            // Older kernels know no filter and tell every flow. One that begins at another of the addresses is told there.
            TrackedFlowFilter begins = (in TrackedFlow flow) => flow.Source == address && (filter is null || filter(flow));
            TrackedFlowFilter ends = (in TrackedFlow flow) => flow.ReplySource == address && !addresses.Contains(flow.Source) && (filter is null || filter(flow));
            Collect(socket, messages, request => ConntrackMessages.DumpFrom(request, address, reply: false), begins, flows);
            Collect(socket, messages, request => ConntrackMessages.DumpFrom(request, address, reply: true), ends, flows);
        }
    }

    private static void Collect(
        NetlinkSocket socket, NetlinkMessages messages, Action<NetlinkMessages> request, TrackedFlowFilter? filter, List<TrackedFlow> flows)
    {
        var before = flows.Count;
        for (var attempt = 1; ; attempt++)
        {
            messages.Clear();
            request(messages);
            try
            {
                socket.Dump(messages, "list tracked flows", message =>
                {
                    if (message.Subsystem != ConntrackMessages.Subsystem) return;
                    var flow = ConntrackMessages.Read(message);
                    if (filter is null || filter(flow)) flows.Add(flow);
                });
                return;
            }
            catch (NetlinkException problem) when (problem.NativeErrorCode == Interrupted && attempt < Attempts)
            {
                CollectionsMarshal.SetCount(flows, before);
            }
            catch (NetlinkException problem)
            {
                throw Explain(problem);
            }
        }
    }

    // A socket on which something failed may have answers left to that.
    private T With<T>(Func<NetlinkSocket, T> use)
    {
        var socket = Interlocked.Exchange(ref _idle, null) ?? NetlinkSocket.Open(network, NetlinkFamily.Netfilter);
        try
        {
            var result = use(socket);
            socket = Interlocked.Exchange(ref _idle, socket);
            return result;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static Exception Explain(NetlinkException problem) => problem.NativeErrorCode switch
    {
        1 => new MachineException("reading tracked flows needs root", "sudo", problem),
        22 or 93 or 95 => new MachineException(
            "this kernel does not tell which connections it tracks (nf_conntrack_netlink)", "modprobe nf_conntrack_netlink", problem),
        _ => problem,
    };
}
