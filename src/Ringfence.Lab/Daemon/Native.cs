using System.Runtime.InteropServices;

namespace Ringfence.Lab.Daemon;

/// <summary>The system calls of a process that goes into the background; names and values as in the kernel's headers.</summary>
internal static unsafe partial class Native
{
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_CLOEXEC = 0x80000;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const int CLOSE_RANGE_CLOEXEC = 4;
    public const int SOL_SOCKET = 1;
    public const int SO_PEERCRED = 17;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int dup2(int from, int to);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int flock(int file, int operation);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close_range(uint first, uint last, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int folder, string path, int flags, uint mask, byte* result);

    /// <summary>The user that a file belongs to; -1 where it cannot be told. A link's is its own.</summary>
    public static int OwnerOf(string path)
    {
        const int NoFollow = 0x100;
        const uint User = 8;
        const int UserPlace = 20;
        var result = stackalloc byte[256];
        return statx(-100, path, NoFollow, User, result) < 0 ? -1 : *(int*)(result + UserPlace);
    }
}
