using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringfence.Lab.Execution;

/// <summary>Descriptors that carry a command's streams, made here: none of them reaches a command that it is not given to.</summary>
internal static unsafe class DescriptorPair
{
    private const int LongestName = 64;

    /// <summary>A pipe: the end to read from, and the end to write to.</summary>
    /// <exception cref="Win32Exception">Too many files are open.</exception>
    public static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var files = stackalloc int[2];
        Check(Libc.pipe2(files, Libc.O_CLOEXEC), "make a pipe");
        return (Handle(files[0]), Handle(files[1]));
    }

    /// <summary>A terminal: this side of it, and the path of the command's.</summary>
    /// <exception cref="Win32Exception">The machine has no terminals to give.</exception>
    public static (SafeFileHandle Master, string Path) Terminal()
    {
        var file = Libc.posix_openpt(Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_CLOEXEC);
        Check(file, "open a terminal");
        var master = Handle(file);
        var name = stackalloc byte[LongestName];
        if (Libc.grantpt(file) < 0 || Libc.unlockpt(file) < 0 || Libc.ptsname_r(file, name, LongestName) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            master.Dispose();
            throw new Win32Exception(error, $"cannot open a terminal: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        return (master, Marshal.PtrToStringUTF8((nint)name)!);
    }

    /// <summary>Makes reads and writes return at once.</summary>
    public static void DoNotBlock(SafeFileHandle file) => _ = Libc.fcntl((int)file.DangerousGetHandle(), Libc.F_SETFL, Libc.O_NONBLOCK | Libc.O_RDWR);

    /// <summary>Wraps a descriptor.</summary>
    public static SafeFileHandle Handle(int file) => new(file, ownsHandle: true);

    /// <summary>Throws what the last call has to say.</summary>
    public static void Check(int result, string what)
    {
        if (result >= 0) return;
        var code = Marshal.GetLastPInvokeError();
        throw new Win32Exception(code, $"cannot {what}: {Marshal.GetPInvokeErrorMessage(code)}");
    }
}
