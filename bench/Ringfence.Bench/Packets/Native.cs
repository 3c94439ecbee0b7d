using System.Runtime.InteropServices;

namespace Ringfence.Bench.Packets;

/// <summary>The system calls that send and receive many packets at once, and keep a thread on one processor; as in the kernel's headers.</summary>
internal static unsafe partial class Native
{
    public const int MSG_DONTWAIT = 0x40;
    public const int PRIO_PROCESS = 0;

    [StructLayout(LayoutKind.Sequential)]
    public struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>A struct mmsghdr: a struct msghdr, which ends in padding, and a length.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    public struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sendmmsg(int socket, Message* messages, uint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int recvmmsg(int socket, Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sched_setaffinity(int process, nint length, ulong* processors);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setpriority(int which, int who, int priority);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int usleep(uint microseconds);
}
