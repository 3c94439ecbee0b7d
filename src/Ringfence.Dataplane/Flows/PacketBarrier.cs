using System.Runtime.InteropServices;

namespace Ringfence.Dataplane.Flows;

/// <summary>Waits for packets that are on their way through the kernel.</summary>
public static class PacketBarrier
{
    private const int Global = 1;

    /// <summary>
    /// Returns once every packet that the kernel was handling at the call, and may have judged by rules that were replaced before it, has gone through and its
    /// flow can be listed. Takes 5 to 20 ms; nothing else waits meanwhile.
    /// </summary>
    /// <remarks>
    /// membarrier(2), MEMBARRIER_CMD_GLOBAL: waits for a grace period of the kernel's RCU, inside whose read sections packets are handled. Where it
    /// is not to be had, nothing is waited for: what is left is the time of one packet between two hooks.
    /// </remarks>
    public static void Wait()
    {
        nint number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 324,
            Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 283,
            _ => -1,
        };
        if (number >= 0) _ = Native.syscall(number, Global, 0, 0);
    }
}
