using Ringfence.Engine.Tests.Oracle;
using Ringfence.Evidence.Probes;
using Ringfence.Model;

namespace Ringfence.Evidence.Tests;

/// <summary>A network without kernel: lets through what the naive reading of the policies lets through.</summary>
internal sealed class OracleProber(ClusterObjects cluster) : IProber
{
    private readonly NaiveOracle _oracle = new(cluster);
    private readonly Dictionary<string, Pod> _pods = cluster.Pods.ToDictionary(pod => pod.QualifiedName);

    public Task<Attempt> TryAsync(Probe probe, TimeSpan timeout, CancellationToken cancellation)
    {
        var open = _oracle.Allowed(EndOf(probe.Source), EndOf(probe.Destination), probe.Protocol, probe.Port) == Truth.Yes;
        return Task.FromResult(Saw(open ? Observed.Answered : Observed.Dropped, open ? probe.Destination.Name : null));
    }

    public static Attempt Saw(Observed observed, string? detail = null) => new(observed, DateTimeOffset.UnixEpoch, TimeSpan.FromMilliseconds(1), detail);

    private End EndOf(ProbeEnd end) => end.IsPod ? End.Of(_pods[end.Name], cluster) : End.Of(end.Address);
}

/// <summary>Sees, probe by probe and attempt by attempt, what a test says; the last for good.</summary>
internal sealed class ScriptedProber(Func<Probe, int, Observed> script) : IProber
{
    private readonly Dictionary<Probe, int> _tries = [];
    private readonly Lock _lock = new();

    public List<(Probe Probe, TimeSpan Timeout)> Asked { get; } = [];

    public Task<Attempt> TryAsync(Probe probe, TimeSpan timeout, CancellationToken cancellation)
    {
        lock (_lock)
        {
            Asked.Add((probe, timeout));
            var tried = _tries.GetValueOrDefault(probe);
            _tries[probe] = tried + 1;
            return Task.FromResult(OracleProber.Saw(script(probe, tried)));
        }
    }
}
