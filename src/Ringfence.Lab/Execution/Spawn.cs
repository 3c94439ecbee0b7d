using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringfence.Lab.Execution;

/// <summary>Starts programs where the calling thread is, each in a session of its own, in <c>/</c>, with no signal ignored or blocked.</summary>
/// <remarks>posix_spawn(3): no code of the runtime runs in the child.</remarks>
internal static unsafe class Spawn
{
    private const string Nothing = "/dev/null";

    // sigset_t is 128 bytes.
    private const int SignalWords = 16;

    /// <summary>What a program's standard streams are; nothing where null. A terminal is all three.</summary>
    public sealed record Streams(SafeFileHandle? Input, SafeFileHandle? Output, SafeFileHandle? Errors, string? Terminal);

    /// <summary>Starts a program.</summary>
    /// <param name="path">The program's file.</param>
    /// <param name="words">Its name and its arguments.</param>
    /// <param name="variables">Its environment, <c>NAME=value</c>.</param>
    /// <param name="streams">Its streams.</param>
    /// <returns>The process.</returns>
    /// <exception cref="Win32Exception">It cannot be run; <see cref="Win32Exception.NativeErrorCode"/> says why.</exception>
    public static int Start(string path, IEnumerable<string> words, IEnumerable<string> variables, Streams streams)
    {
        using var arguments = new NativeStrings(words);
        using var environment = new NativeStrings(variables);
        var actions = stackalloc byte[Libc.SpawnStructure];
        var attributes = stackalloc byte[Libc.SpawnStructure];
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_init(attributes);
        try
        {
            Connect(actions, streams);
            Check(Libc.posix_spawn_file_actions_addchdir_np(actions, "/"), path);
            var signals = stackalloc ulong[SignalWords];
            new Span<ulong>(signals, SignalWords).Clear();
            _ = Libc.posix_spawnattr_setsigmask(attributes, signals);
            new Span<ulong>(signals, SignalWords).Fill(ulong.MaxValue);
            _ = Libc.posix_spawnattr_setsigdefault(attributes, signals);
            _ = Libc.posix_spawnattr_setflags(attributes, Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK);
            int process;
            Check(Libc.posix_spawn(&process, path, actions, attributes, arguments.All, environment.All), path);
            return process;
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Waits until a process has ended.</summary>
    /// <returns>Its exit code; 128 and the number of the signal that ended it.</returns>
    public static int Wait(int process)
    {
        int status;
        int ended;
        do ended = Libc.waitpid(process, &status, 0);
        while (ended < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        if (ended < 0) return -1;
        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    private static void Connect(byte* actions, Streams streams)
    {
        if (streams.Terminal is { } terminal)
        {
            // The first terminal that the leader of a session opens becomes the session's own.
            Check(Libc.posix_spawn_file_actions_addopen(actions, 0, terminal, Libc.O_RDWR, 0), terminal);
            Check(Libc.posix_spawn_file_actions_adddup2(actions, 0, 1), terminal);
            Check(Libc.posix_spawn_file_actions_adddup2(actions, 0, 2), terminal);
            return;
        }

        SafeFileHandle?[] files = [streams.Input, streams.Output, streams.Errors];
        for (var number = 0; number < files.Length; number++)
            Check(
                files[number] is { } file
                    ? Libc.posix_spawn_file_actions_adddup2(actions, (int)file.DangerousGetHandle(), number)
                    : Libc.posix_spawn_file_actions_addopen(actions, number, Nothing, number == 0 ? Libc.O_RDONLY : Libc.O_RDWR, 0),
                Nothing);
    }

    // These functions give their error instead of setting it.
    private static void Check(int error, string what)
    {
        if (error != 0) throw new Win32Exception(error, $"cannot run {what}: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}
