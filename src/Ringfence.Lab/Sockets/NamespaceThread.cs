using System.Collections.Concurrent;
using System.Net.Sockets;
using Ringfence.Dataplane.Namespaces;

namespace Ringfence.Lab.Sockets;

/// <summary>One thread that goes from namespace to namespace and opens sockets there for everybody. A socket stays where it was opened.</summary>
internal sealed class NamespaceThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private NetworkNamespace? _home;

    /// <summary>Starts the thread.</summary>
    public NamespaceThread()
    {
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "namespace sockets" };
        _thread.Start();
    }

    /// <summary>Opens a socket inside a namespace.</summary>
    /// <param name="network">The namespace.</param>
    /// <param name="open">Opens it; does nothing that could wait.</param>
    /// <exception cref="SocketException">The kernel refuses, for example because too many files are open.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The namespace cannot be entered.</exception>
    /// <exception cref="ObjectDisposedException">The thread or the namespace has ended.</exception>
    public Task<Socket> OpenAsync(NetworkNamespace network, Func<Socket> open)
    {
        // Whoever waits goes on elsewhere: this thread has nothing but its errands. It is at home when it says so, for the pool may begin a thread here, and
        // a thread begins its life in the namespace where the one was that made it.
        var opened = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(() =>
            {
                try
                {
                    network.Enter();
                    var socket = open();
                    _home!.Enter();
                    opened.SetResult(socket);
                }
                catch (Exception problem)
                {
                    _home!.Enter();
                    opened.SetException(problem);
                }
            });
        }
        catch (InvalidOperationException)
        {
            opened.SetException(new ObjectDisposedException(nameof(NamespaceThread)));
        }

        return opened.Task;
    }

    /// <summary>Ends the thread after the errands it has.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        using var home = NetworkNamespace.Current();
        _home = home;
        foreach (var errand in _work.GetConsumingEnumerable()) errand();
    }
}
