using System.Collections.Immutable;
using System.Net.Sockets;
using System.Net;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Lab.Logs;
using Ringfence.Model;

namespace Ringfence.Lab.Sockets;

/// <summary>
/// The declared ports of one pod, listening inside its network namespace and answering with the pod's name. Everything is served by the
/// runtime's pool: a pod costs open sockets, and no thread.
/// </summary>
/// <remarks>
/// TCP listens on every address of both families; UDP and SCTP on the pod's own addresses, so that an answer comes from the address that was
/// asked. Every pod speaks SCTP, if only to refuse: the kernel, which knows no such protocol, is silent where the pod itself is asking over SCTP.
/// On a node's own network a pod speaks it only where it declares such a port, for its neighbours there have the same address.
/// </remarks>
public sealed class PodListeners : IDisposable
{
    private readonly List<IAnswers> _open = [];

    private PodListeners()
    {
    }

    /// <summary>The declared ports that could not be opened, with the reason: on a node's own network, another pod may have them.</summary>
    public ImmutableArray<(ContainerPort Port, string Reason)> Unopened { get; private set; } = [];

    /// <summary>Opens the ports of a pod and serves them until disposed.</summary>
    /// <param name="network">The pod's namespace.</param>
    /// <param name="podName">What answers say.</param>
    /// <param name="addresses">The pod's addresses; they may come later.</param>
    /// <param name="ports">The declared ports; repeated ones count once.</param>
    /// <param name="isHost">Whether the pod shares its node's network.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The namespace cannot be entered.</exception>
    public static PodListeners Open(NetworkNamespace network, string podName, IEnumerable<Address> addresses, IEnumerable<ContainerPort> ports, bool isHost = false) =>
        Open(network, podName, addresses, ports, isHost, log: null);

    /// <summary>The same with a log that tells what listens and who connects.</summary>
    internal static PodListeners Open(
        NetworkNamespace network, string podName, IEnumerable<Address> addresses, IEnumerable<ContainerPort> ports, bool isHost, PodLog? log)
    {
        var own = addresses.Distinct().ToArray();
        var declared = ports.DistinctBy(port => (port.Protocol, port.Port)).ToArray();
        var greeting = new Greeting(podName);
        var listeners = new PodListeners();
        try
        {
            network.Run(() => listeners.OpenHere(greeting, own, declared, isHost, log));
        }
        catch
        {
            listeners.Dispose();
            throw;
        }

        foreach (var open in listeners._open) open.Start();
        if (log is not null)
            foreach (var port in declared)
                log.Say(listeners.Unopened.FirstOrDefault(item => item.Port == port) is { Reason: { } reason }
                    ? $"cannot listen on {PodLog.Text(port.Port, port.Protocol)}: {reason}"
                    : $"listening on {PodLog.Text(port.Port, port.Protocol)}");
        return listeners;
    }

    /// <summary>Closes all ports.</summary>
    public void Dispose()
    {
        foreach (var open in _open) open.Dispose();
    }

    // On a thread that is in the pod's namespace.
    private void OpenHere(Greeting greeting, Address[] addresses, ContainerPort[] ports, bool isHost, PodLog? log)
    {
        var unopened = ImmutableArray.CreateBuilder<(ContainerPort, string)>();
        foreach (var port in ports)
            try
            {
                if (port.Protocol == Protocol.Tcp) _open.Add(TcpAnswers.Listen(port.Port, _ => greeting, log));
                if (port.Protocol == Protocol.Udp)
                    foreach (var address in addresses) _open.Add(UdpAnswers.Listen(new IPEndPoint(address.ToIPAddress(), port.Port), greeting, log));
            }
            catch (SocketException refused)
            {
                unopened.Add((port, refused.Message));
            }

        var sctp = ports.Where(port => port.Protocol == Protocol.Sctp).Select(port => port.Port).ToHashSet();
        if (!isHost || sctp.Count > 0)
            foreach (var address in addresses) _open.Add(SctpAnswers.Listen(address.ToIPAddress(), greeting, sctp.Contains, log));
        Unopened = unopened.ToImmutable();
    }
}
