using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringfence.Lab.Daemon;

/// <summary>
/// The process that holds a lab: in the background, of no terminal. It ends when it is told to, by request or signal, and where the user
/// who asked for the lab goes away before it is up.
/// </summary>
public static class LabProcess
{
    /// <summary>What it prints when it listens.</summary>
    internal const string Ready = "ready";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs until the lab is down.</summary>
    /// <param name="name">The lab's name.</param>
    /// <param name="program">The command that is this program: the nodes' agents are further processes of it.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string name, IReadOnlyList<string> program)
    {
        // Fails only where the process leads a group already, and then it is out of the terminal's.
        _ = Native.setsid();
        LabFolder folder;
        try
        {
            folder = LabFolder.Of(name);
            using var held = folder.TryTake() ?? throw LabConnection.AlreadyUp(name);
            using var server = new LabServer(folder.Socket, Log);
            LeaveTerminal(folder.Log);
            RunAsync(folder, program, server).GetAwaiter().GetResult();
            folder.Remove();
            return 0;
        }
        catch (LabException exception)
        {
            Say(2, string.Join('\n', [exception.Message, .. exception.Hints]));
            return 2;
        }
    }

    private static async Task RunAsync(LabFolder folder, IReadOnlyList<string> program, LabServer server)
    {
        var session = new LabSession(folder, program, TimeProvider.System, Log);
        await using (session.ConfigureAwait(false))
        {
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
            using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
            Log($"process {Environment.ProcessId} holds the lab {folder.Name}");
            var waiting = EndUnlessAskedAsync(session);
            await server.RunAsync(session.AnswerAsync, session.Ending).ConfigureAwait(false);
            await waiting.ConfigureAwait(false);
            Log("taking the lab down");

            void End(PosixSignalContext context)
            {
                context.Cancel = true;
                session.End();
            }
        }
    }

    private static async Task EndUnlessAskedAsync(LabSession session)
    {
        try
        {
            await Task.Delay(Patience, session.Ending).ConfigureAwait(false);
            if (!session.IsAskedFor) session.End();
        }
        catch (OperationCanceledException)
        {
            // Over before that.
        }
    }

    // The console's own streams keep a copy of the descriptors, so nothing may be written by them before this.
    private static void LeaveTerminal(string log)
    {
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        using var written = File.OpenHandle(log, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        Put(nothing, 0);
        Say(1, Ready);
        Put(written, 1);
        Put(written, 2);
    }

    private static void Put(SafeFileHandle file, int at)
    {
        if (Native.dup2((int)file.DangerousGetHandle(), at) < 0)
            throw new LabException($"cannot leave the terminal: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    private static void Say(int file, string text)
    {
        using var stream = new FileStream(new SafeFileHandle(file, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        stream.Write(System.Text.Encoding.UTF8.GetBytes(text + "\n"));
    }

    private static void Log(string message) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:O} {message}"));
}
