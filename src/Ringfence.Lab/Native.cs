using System.Runtime.InteropServices;

namespace Ringfence.Lab;

/// <summary>The system calls that the base library lacks; names and values as in the kernel's headers.</summary>
internal static unsafe partial class Native
{
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int SOCK_RAW = 3;
    public const int SOCK_CLOEXEC = 0x80000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int domain, int type, int protocol);
}
