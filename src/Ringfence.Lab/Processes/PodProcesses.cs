using System.Collections.Immutable;
using System.Net.Sockets;
using Ringfence.Lab.Logs;
using Ringfence.Lab.Names;
using Ringfence.Lab.Network;
using Ringfence.Lab.Planning;
using Ringfence.Lab.Sockets;
using Ringfence.Model;

namespace Ringfence.Lab.Processes;

/// <summary>What runs in the pods and outside: listeners on every declared port, and cluster DNS. One caller at a time.</summary>
internal sealed class PodProcesses : IDisposable
{
    private readonly Dictionary<string, Process> _pods = new(StringComparer.Ordinal);
    private ImmutableArray<Address> _outsideAddresses = [];
    private OutsideListeners? _outside;

    // Read by the servers at every question.
    private volatile Lazy<ClusterNames> _names = new(() => ClusterNames.Of(ClusterObjects.Empty, []));

    /// <summary>What cluster DNS answers from now on.</summary>
    public void UpdateNames(ClusterObjects state, ImmutableArray<Address> outside) => _names = new(() => ClusterNames.Of(state, outside));

    /// <summary>Starts and ends what a new state asks for; a pod with the same network and ports goes on.</summary>
    public void Update(ImmutableSortedDictionary<string, LabPod> pods, CancellationToken cancellation)
    {
        foreach (var (name, process) in _pods.ToArray())
            if (!pods.TryGetValue(name, out var pod) || !process.Serves(pod)) End(name);

        Together.Do(
            pods.Where(pod => !_pods.ContainsKey(pod.Key)).ToList(),
            pod =>
            {
                var process = Process.Start(pod.Key, pod.Value, () => _names.Value);
                lock (_pods) _pods.Add(pod.Key, process);
            },
            cancellation);
    }

    /// <summary>The log of a pod; null where it does not run.</summary>
    public PodLog? LogOf(string name)
    {
        lock (_pods) return _pods.GetValueOrDefault(name)?.Log;
    }

    /// <summary>Ends what runs in pods that go.</summary>
    public void End(IEnumerable<PlannedPod> going)
    {
        foreach (var pod in going) End(pod.Pod.QualifiedName);
    }

    private void End(string name)
    {
        Process? process;
        lock (_pods) _pods.Remove(name, out process);
        process?.Dispose();
    }

    /// <summary>Answers on the outside world's addresses.</summary>
    public void UpdateOutside(LabNetwork network, ImmutableArray<Address> addresses)
    {
        if (!addresses.Except(_outsideAddresses).Any()) return;
        _outside?.Dispose();
        _outsideAddresses = [.. _outsideAddresses.Union(addresses)];
        _outside = OutsideListeners.Open(network.Outside, _outsideAddresses);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _pods.Values) process.Dispose();
        _outside?.Dispose();
    }

    /// <summary>A pod's process.</summary>
    private sealed class Process(LabPod pod, PodLog log, PodListeners listeners, DnsServer? dns) : IDisposable
    {
        public PodLog Log => log;

        public static Process Start(string name, LabPod pod, Func<ClusterNames> names)
        {
            var log = new PodLog(TimeProvider.System);
            var ports = pod.Pod.Network.Ports;
            if (!ClusterDns.IsServer(pod.Pod)) return new(pod, log, PodListeners.Open(pod.Network, name, pod.Pod.Addresses, ports, pod.Interface is null, log), null);
            var dns = StartDns(pod, names);
            if (dns is not null) log.Say($"answering names of {ClusterNames.Domain}");
            return new(pod, log, PodListeners.Open(pod.Network, name, pod.Pod.Addresses, ports.Where(port => port.Port != ClusterDns.Port), pod.Interface is null, log), dns);
        }

        public bool Serves(LabPod other) => ReferenceEquals(pod.Network, other.Network) && pod.Pod.Network.Equals(other.Pod.Network)
            && ClusterDns.IsServer(pod.Pod) == ClusterDns.IsServer(other.Pod);

        public void Dispose()
        {
            log.End();
            listeners.Dispose();
            dns?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        private static DnsServer? StartDns(LabPod pod, Func<ClusterNames> names)
        {
            try
            {
                return DnsServer.Start(pod.Network, pod.Pod.Addresses, names);
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // On a node's own network another such pod has the port, and answers.
                return null;
            }
        }
    }
}
