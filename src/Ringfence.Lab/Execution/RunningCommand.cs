using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringfence.Kubernetes.ApiServer.Streaming;

namespace Ringfence.Lab.Execution;

/// <summary>A command that runs in a pod, from its start to its end: one thread carries its streams.</summary>
internal sealed class RunningCommand : IDisposable
{
    private const int BufferSize = 32 * 1024;
    private const int StackSize = 256 * 1024;
    private const byte EndOfInput = 4;

    // What was started in the background may hold the output open long after the command has ended.
    private const int QuietMilliseconds = 500;

    private readonly int _process;
    private readonly CommandStreams _streams;
    private readonly CancellationToken _gone;
    private readonly bool _isTerminal;
    private readonly SafeFileHandle? _output;
    private readonly SafeFileHandle? _errors;
    private readonly SafeFileHandle _ended;
    private readonly (SafeFileHandle Read, SafeFileHandle Write) _wake;
    private readonly InputQueue _queue;
    private readonly byte[] _buffer = new byte[BufferSize];
    private SafeFileHandle? _input;
    private volatile bool _isKilled;
    private volatile bool _hasEnded;
    private int _size = -1;

    private RunningCommand(int process, bool isTerminal, Ends ends, CommandStreams streams, CancellationToken gone)
    {
        (_process, _isTerminal, _streams, _gone) = (process, isTerminal, streams, gone);
        (_input, _output, _errors) = (ends.Input, ends.Output, ends.Errors);
        _ended = DescriptorPair.Handle((int)Libc.syscall(Libc.SYS_pidfd_open, process, 0));
        _wake = DescriptorPair.Pipe();
        DescriptorPair.DoNotBlock(_wake.Read);
        DescriptorPair.DoNotBlock(_wake.Write);
        if (_input is not null) DescriptorPair.DoNotBlock(_input);
        _queue = new InputQueue(Wake);
    }

    private sealed record Ends(SafeFileHandle? Input, SafeFileHandle? Output, SafeFileHandle? Errors);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="place">The pod.</param>
    /// <param name="space">Where its process lives.</param>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="isTerminal">Whether it gets a terminal.</param>
    /// <param name="streams">Where its input comes from and its output goes.</param>
    /// <param name="gone">Ends it, and what it started.</param>
    public static Task<CommandEnd> RunAsync(
        PodPlace place, ProcessSpace space, IReadOnlyList<string> words, bool isTerminal, CommandStreams streams, CancellationToken gone)
    {
        var done = new TaskCompletionSource<CommandEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    done.SetResult(Run(place, space, words, isTerminal, streams, gone));
                }
                catch (OperationCanceledException)
                {
                    done.SetCanceled(gone);
                }
                catch (Exception problem)
                {
                    done.SetException(problem);
                }
            },
            StackSize) { IsBackground = true, Name = "command in a pod" };
        thread.Start();
        return done.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input?.Dispose();
        _output?.Dispose();
        _errors?.Dispose();
        _ended.Dispose();
        _wake.Read.Dispose();
        _wake.Write.Dispose();
        _queue.Dispose();
    }

    private static CommandEnd Run(
        PodPlace place, ProcessSpace space, IReadOnlyList<string> words, bool isTerminal, CommandStreams streams, CancellationToken gone)
    {
        var variables = PodVariables.Of(place, isTerminal);
        if (ProgramSearch.Find(words[0], variables["PATH"], out var problem) is not { } file) return new CommandEnd(problem!.Value.Code, problem.Value.Message);
        RunningCommand command;
        try
        {
            command = Start(place, space, file, words, variables, isTerminal, streams, gone);
        }
        catch (SpawnException refused)
        {
            var (code, message) = ProgramSearch.Refusal(words[0], refused.Cause);
            return new CommandEnd(code, message);
        }

        using (command) return command.Carry();
    }

    private static RunningCommand Start(
        PodPlace place, ProcessSpace space, string file, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> variables, bool isTerminal, CommandStreams streams,
        CancellationToken gone)
    {
        var mine = new List<SafeFileHandle>();
        var its = new List<SafeFileHandle>();
        try
        {
            Spawn.Streams given;
            Ends ends;
            if (isTerminal)
            {
                var (master, path) = DescriptorPair.Terminal();
                mine.Add(master);
                given = new Spawn.Streams(null, null, null, path);
                ends = new Ends(master, master, null);
            }
            else
            {
                var input = streams.Input is null ? default((SafeFileHandle Read, SafeFileHandle Write)?) : Add(DescriptorPair.Pipe(), mineIsWrite: true);
                var output = Add(DescriptorPair.Pipe(), mineIsWrite: false);
                var errors = Add(DescriptorPair.Pipe(), mineIsWrite: false);
                given = new Spawn.Streams(input?.Read, output.Write, errors.Write, null);
                ends = new Ends(input?.Write, output.Read, errors.Read);
            }

            // A child is where its parent's thread was. That thread stays there, so it starts the child and ends.
            var process = ProcessSpace.OnThread(() =>
            {
                PodView.Enter(place);
                space.Enter();
                try
                {
                    return Spawn.Start(file, words, variables.Select(pair => $"{pair.Key}={pair.Value}"), given);
                }
                catch (Win32Exception refused)
                {
                    throw new SpawnException(refused);
                }
            });
            return new RunningCommand(process, isTerminal, ends, streams, gone);
        }
        catch
        {
            foreach (var handle in mine) handle.Dispose();
            throw;
        }
        finally
        {
            foreach (var handle in its) handle.Dispose();
        }

        (SafeFileHandle Read, SafeFileHandle Write) Add((SafeFileHandle Read, SafeFileHandle Write) pipe, bool mineIsWrite)
        {
            mine.Add(mineIsWrite ? pipe.Write : pipe.Read);
            its.Add(mineIsWrite ? pipe.Read : pipe.Write);
            return pipe;
        }
    }

    /// <summary>Carries the streams until the command has ended and its output is told.</summary>
    private CommandEnd Carry()
    {
        using var pumps = new CancellationTokenSource();
        using var leaving = _gone.Register(Kill);
        var feeding = _streams.Input is { } input ? _queue.FeedAsync(input, pumps.Token) : Task.CompletedTask;
        var sizing = FollowSizesAsync(pumps.Token);
        int? exitCode = null;
        try
        {
            exitCode = CarryStreams();
        }
        finally
        {
            if (exitCode is null)
            {
                Kill();
                _ = Wait();
            }

            pumps.Cancel();
            Task.WhenAll(feeding, sizing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }

        _gone.ThrowIfCancellationRequested();
        return new CommandEnd(exitCode.Value);
    }

    private unsafe int CarryStreams()
    {
        int? exitCode = null;
        var (outputOpen, errorsOpen) = (true, _errors is not null);
        var files = stackalloc Libc.PollFile[5];
        while (exitCode is null || ((outputOpen || errorsOpen) && !_isKilled))
        {
            files[0] = On(_wake.Read, Libc.POLLIN);
            files[1] = On(exitCode is null ? _ended : null, Libc.POLLIN);
            files[2] = On(outputOpen ? _output : null, Libc.POLLIN);
            files[3] = On(errorsOpen ? _errors : null, Libc.POLLIN);
            files[4] = On(_queue.HasMore && exitCode is null ? _input : null, Libc.POLLOUT);
            var count = Libc.poll(files, 5, exitCode is null ? -1 : QuietMilliseconds);
            if (count < 0 && Marshal.GetLastPInvokeError() != Libc.EINTR) throw new Win32Exception(Marshal.GetLastPInvokeError());
            if (count == 0) return exitCode!.Value;
            if (count < 0) continue;
            if (files[0].Seen != 0) Awake();
            if (files[2].Seen != 0) outputOpen = Tell(_output!, _streams.Output);
            if (files[3].Seen != 0) errorsOpen = Tell(_errors!, _streams.Errors);
            if (files[4].Seen != 0) Feed();
            if (files[1].Seen != 0) exitCode = Wait();
        }

        return exitCode!.Value;
    }

    // From then on its number may be another's.
    private int Wait()
    {
        _hasEnded = true;
        return Spawn.Wait(_process);
    }

    private static Libc.PollFile On(SafeFileHandle? file, short events) =>
        new() { File = file is { IsClosed: false } ? (int)file.DangerousGetHandle() : -1, Events = events };

    /// <summary>Passes on what the command wrote; false at its end.</summary>
    private unsafe bool Tell(SafeFileHandle from, Stream? to)
    {
        nint length;
        fixed (byte* buffer = _buffer) length = Libc.read((int)from.DangerousGetHandle(), buffer, BufferSize);

        // A terminal's end is an error: nobody has it open any more.
        if (length <= 0) return length < 0 && Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR;
        if (to is null || _isKilled) return true;
        try
        {
            to.WriteAsync(_buffer.AsMemory(0, (int)length), _gone).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or OperationCanceledException or System.Net.WebSockets.WebSocketException)
        {
            Kill();
        }

        return true;
    }

    private unsafe void Feed()
    {
        while (_queue.Peek() is { } chunk)
        {
            if (chunk.IsEmpty)
            {
                EndInput();
                return;
            }

            nint written;
            fixed (byte* bytes = chunk.Span) written = Libc.write((int)_input!.DangerousGetHandle(), bytes, (nuint)chunk.Length);
            if (written < 0 && Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR) return;
            if (written < 0)
            {
                // The command reads no more. What else comes is for nobody.
                _queue.DropAll();
                EndInput();
                return;
            }

            _queue.Took((int)written);
        }
    }

    private unsafe void EndInput()
    {
        _queue.DropAll();
        if (_isTerminal)
        {
            var end = EndOfInput;
            _ = Libc.write((int)_input!.DangerousGetHandle(), &end, 1);
        }
        else
        {
            _input?.Dispose();
        }

        _input = null;
    }

    private async Task FollowSizesAsync(CancellationToken cancellation)
    {
        await foreach (var size in _streams.Sizes.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            Volatile.Write(ref _size, (size.Rows << 16) | size.Columns);
            Wake();
        }
    }

    private unsafe void Awake()
    {
        fixed (byte* buffer = _buffer)
            while (Libc.read((int)_wake.Read.DangerousGetHandle(), buffer, BufferSize) > 0)
            {
            }

        if (!_isTerminal || Interlocked.Exchange(ref _size, -1) is var size && size < 0) return;
        var window = new Libc.WindowSize { Rows = (ushort)(size >> 16), Columns = (ushort)size };
        _ = Libc.ioctl((int)_output!.DangerousGetHandle(), Libc.TIOCSWINSZ, &window);
    }

    private unsafe void Wake()
    {
        byte one = 1;
        try
        {
            _ = Libc.write((int)_wake.Write.DangerousGetHandle(), &one, 1);
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    /// <summary>Ends the command and what it started, as far as that did not leave its session.</summary>
    private void Kill()
    {
        _isKilled = true;
        if (!_hasEnded) ProcessSession.Kill(_process);
        Wake();
    }

    private sealed class SpawnException(Win32Exception cause) : Exception(cause.Message, cause)
    {
        public Win32Exception Cause { get; } = cause;
    }
}
