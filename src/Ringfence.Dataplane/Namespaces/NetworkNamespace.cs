using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringfence.Dataplane.Namespaces;

/// <summary>
/// A network namespace, held by an open handle: one that this process made ends with its last handle, socket and process, so a process that
/// dies leaves nothing behind.
/// </summary>
/// <remarks>network_namespaces(7), setns(2). A thread visits a namespace and ends there; the threads of the pool never do.</remarks>
public sealed class NetworkNamespace : IDisposable
{
    // No frames of ours go deep.
    private const int StackSize = 256 * 1024;

    private readonly SafeFileHandle _handle;

    private NetworkNamespace(SafeFileHandle handle) => _handle = handle;

    /// <summary>Where other processes can open it while this one holds it.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}");

    /// <summary>
    /// Whether it is one that the machine itself lives in: the namespace of this process, or of the machine's first process where that can be seen.
    /// </summary>
    public bool IsOfMachine => Run(() => Name("/proc/thread-self/ns/net")) is { } name && (name == Name("/proc/self/ns/net") || name == Name("/proc/1/ns/net"));

    /// <summary>Makes a new, empty namespace; its loopback is down.</summary>
    /// <exception cref="Win32Exception">The kernel refuses, usually because the process is not root.</exception>
    public static NetworkNamespace Create() => OnThread(() =>
    {
        Check(Native.unshare(Native.CLONE_NEWNET), "make a network namespace");
        return OfThread();
    });

    /// <summary>The namespace that this process is in.</summary>
    public static NetworkNamespace Current() => Open("/proc/self/ns/net");

    /// <summary>Opens a namespace by its file.</summary>
    /// <exception cref="Win32Exception">There is no such file, or it cannot be opened.</exception>
    public static NetworkNamespace Open(string path)
    {
        var file = Native.open(path, Native.O_RDONLY | Native.O_CLOEXEC);
        Check(file, $"open {path}");
        return new NetworkNamespace(new SafeFileHandle(file, ownsHandle: true));
    }

    /// <summary>Runs a function on a thread of its own inside the namespace: sockets that it opens stay there and can be used anywhere.</summary>
    public T Run<T>(Func<T> function) => OnThread(() =>
    {
        Enter();
        return function();
    });

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    /// <summary>Moves the calling thread into the namespace for good. Never call it on a thread of the pool.</summary>
    public void Enter()
    {
        var taken = false;
        try
        {
            _handle.DangerousAddRef(ref taken);
            Check(Native.setns((int)_handle.DangerousGetHandle(), Native.CLONE_NEWNET), "enter a network namespace");
        }
        finally
        {
            if (taken) _handle.DangerousRelease();
        }
    }

    /// <summary>The handle, for messages that take a namespace; valid until this is disposed.</summary>
    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    // net:[4026531840], the number that nsfs knows it by.
    private static string? Name(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name;
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static NetworkNamespace OfThread() => Open("/proc/thread-self/ns/net");

    private static T OnThread<T>(Func<T> function)
    {
        var result = default(T);
        Exception? problem = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = function();
                }
                catch (Exception thrown)
                {
                    problem = thrown;
                }
            },
            StackSize) { IsBackground = true };
        thread.Start();
        thread.Join();
        if (problem is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(problem);
        return result!;
    }

    private static void Check(int result, string what)
    {
        if (result >= 0) return;
        var code = Marshal.GetLastPInvokeError();
        throw new Win32Exception(code, $"cannot {what}: {Marshal.GetPInvokeErrorMessage(code)}");
    }
}
