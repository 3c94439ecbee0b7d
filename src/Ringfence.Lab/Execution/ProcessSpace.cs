using System.ComponentModel;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Ringfence.Dataplane.Namespaces;

namespace Ringfence.Lab.Execution;

/// <summary>
/// Where the commands of a lab's pods live: processes of a space of their own. When it is disposed of, or this process ends in whatever way, all
/// of them end at once, also those that left their terminal and their parents.
/// </summary>
/// <remarks>pid_namespaces(7): the end of its first process ends a space. That one reads from a pipe whose other end only this process has.</remarks>
public sealed unsafe class ProcessSpace : IDisposable
{
    private const int StackSize = 256 * 1024;

    // Orphans of the space become its children, and are not waited for.
    private static readonly string[] First = ["/bin/sh", "-c", "trap '' CHLD; exec cat"];

    private readonly int _process;
    private readonly SafeFileHandle _life;
    private readonly SafeFileHandle _space;
    private bool _disposed;

    private ProcessSpace(int process, SafeFileHandle life, SafeFileHandle space) => (_process, _life, _space) = (process, life, space);

    /// <summary>Makes a space.</summary>
    /// <exception cref="Win32Exception">The kernel refuses, usually because the process is not root.</exception>
    public static ProcessSpace Create()
    {
        var (read, write) = DescriptorPair.Pipe();
        using (read)
        {
            var process = OnThread(() =>
            {
                DescriptorPair.Check(Libc.unshare(Libc.CLONE_NEWPID), "make a space of processes");
                return Spawn.Start(First[0], First, [], new Spawn.Streams(read, Output: null, Errors: null, Terminal: null));
            });
            var space = Libc.open(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/ns/pid"), Libc.O_RDONLY | Libc.O_CLOEXEC);
            if (space >= 0) return new ProcessSpace(process, write, DescriptorPair.Handle(space));
            write.Dispose();
            _ = Spawn.Wait(process);
            throw new Win32Exception("cannot find the space of processes in /proc");
        }
    }

    /// <summary>Makes what the calling thread starts live in the space. The thread must start nothing else, and end soon.</summary>
    internal void Enter() => DescriptorPair.Check(Libc.setns((int)_space.DangerousGetHandle(), Libc.CLONE_NEWPID), "enter a space of processes");

    /// <summary>Ends what commands left behind in a network, if any left something behind anywhere.</summary>
    /// <param name="network">The network of a pod that goes.</param>
    /// <param name="always">Whether to look also where nothing is known to have lost its parent: just after commands were ended.</param>
    internal void EndIn(NetworkNamespace network, bool always)
    {
        if (always || HasOrphans()) Stragglers.End(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_space.DangerousGetHandle()}"), network);
    }

    // To look at every process of the machine for every pod that goes is too much; what lost its parent is a child of the first one.
    private bool HasOrphans()
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process}/task/{_process}/children")).Length > 0;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Runs something on a thread of its own: it may go where a thread of the pool must not.</summary>
    internal static T OnThread<T>(Func<T> function)
    {
        var result = default(T);
        ExceptionDispatchInfo? problem = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = function();
                }
                catch (Exception thrown)
                {
                    problem = ExceptionDispatchInfo.Capture(thrown);
                }
            },
            StackSize) { IsBackground = true };
        thread.Start();
        thread.Join();
        problem?.Throw();
        return result!;
    }

    /// <summary>Ends everything in the space, and waits until it has ended.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _life.Dispose();
        _ = Libc.kill(_process, Libc.SIGKILL);
        _ = Spawn.Wait(_process);
        _space.Dispose();
    }
}
