using Ringfence.Dataplane;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Lab.Sockets;

namespace Ringfence.Lab.Services;

/// <summary>
/// The rules of Services in one node's kernel. What others change there is put back, as kube-proxy does when it next looks; here the kernel tells of it.
/// Thread-safe.
/// </summary>
internal sealed class ServiceTable : IDisposable
{
    private readonly NetworkNamespace _network;
    private readonly Action<string> _report;
    private readonly Lock _lock = new();
    private readonly TableWatch _watch;

    // Those whose changes the kernel is yet to tell of.
    private readonly HashSet<uint> _own = [];
    private string? _script;
    private bool _disposed;

    /// <summary>Begins to listen; loads nothing yet.</summary>
    /// <param name="network">The node's network.</param>
    /// <param name="report">Told of what others changed, a sentence's end, on any thread.</param>
    public ServiceTable(NetworkNamespace network, Action<string> report)
    {
        (_network, _report) = (network, report);
        _watch = new TableWatch(network, ServiceScript.Table, Mend);
    }

    /// <summary>Makes the kernel have what a script says; nothing is done where it has it.</summary>
    /// <exception cref="MachineException"><c>nft</c> is missing or refuses.</exception>
    public void Load(string script)
    {
        lock (_lock)
        {
            if (_script == script) return;
            Run(script);
            _script = script;
        }
    }

    /// <summary>Leaves the rules as they are.</summary>
    public void Dispose()
    {
        lock (_lock) _disposed = true;
        _watch.Dispose();
    }

    private void Mend(ForeignChange change)
    {
        lock (_lock)
        {
            if (_own.Remove(change.Port) || _disposed || _script is null) return;

            // So much happened that the kernel could not tell it all. Where that may be what was loaded here, loading it again would not end.
            if (change.Port == 0 && _own.Count > 0)
            {
                _own.Clear();
                return;
            }

            try
            {
                Run(_script);
                _report($"the rules of Services were changed by {change}, and are put back");
            }
            catch (MachineException problem)
            {
                // The next change of a Service tries again.
                _script = null;
                _report($"the rules of Services were changed by {change}, and cannot be put back: {problem.Message}");
            }
        }
    }

    // The first socket of a process has the process's number, and nft has one.
    private void Run(string script) => _own.Add((uint)_network.Run(() => NftScript.LoadHere(script)));
}
