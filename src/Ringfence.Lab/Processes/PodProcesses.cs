using System.Collections.Immutable;
using Ringfence.Lab.Network;
using Ringfence.Lab.Planning;
using Ringfence.Lab.Sockets;
using Ringfence.Model;

namespace Ringfence.Lab.Processes;

/// <summary>What runs in the pods and outside: listeners on every declared port. One caller at a time.</summary>
internal sealed class PodProcesses : IDisposable
{
    private readonly Dictionary<string, Process> _pods = new(StringComparer.Ordinal);
    private ImmutableArray<Address> _outsideAddresses = [];
    private OutsideListeners? _outside;

    /// <summary>Starts and ends what a new state asks for; a pod with the same network and ports goes on.</summary>
    public void Update(ImmutableSortedDictionary<string, LabPod> pods, CancellationToken cancellation)
    {
        foreach (var (name, process) in _pods)
            if (!pods.TryGetValue(name, out var pod) || !process.Serves(pod))
            {
                process.Dispose();
                _pods.Remove(name);
            }

        Together.Do(
            pods.Where(pod => !_pods.ContainsKey(pod.Key)).ToList(),
            pod =>
            {
                var process = Process.Start(pod.Key, pod.Value);
                lock (_pods) _pods.Add(pod.Key, process);
            },
            cancellation);
    }

    /// <summary>Ends what runs in pods that go.</summary>
    public void End(IEnumerable<PlannedPod> going)
    {
        foreach (var pod in going)
            if (_pods.Remove(pod.Pod.QualifiedName, out var process)) process.Dispose();
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
    private sealed class Process(LabPod pod, PodListeners listeners) : IDisposable
    {
        public static Process Start(string name, LabPod pod) =>
            new(pod, PodListeners.Open(pod.Network, name, pod.Pod.Addresses, pod.Pod.Network.Ports));

        public bool Serves(LabPod other) => ReferenceEquals(pod.Network, other.Network) && pod.Pod.Network.Equals(other.Pod.Network);

        public void Dispose() => listeners.Dispose();
    }
}
