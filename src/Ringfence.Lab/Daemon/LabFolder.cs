using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringfence.Lab.Daemon;

/// <summary>
/// Where a running lab is found: a folder with its control socket, its process and its log. The process holds a lock on the folder as long as
/// it lives, so that what a killed one left is told from a running lab.
/// </summary>
public sealed class LabFolder
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root;

    private LabFolder(string root, string name) => (_root, Name, Path) = (root, name, System.IO.Path.Join(root, name));

    /// <summary>The folder of all labs: <c>/run/ringfence/labs</c>, or <c>labs</c> in what RINGFENCE_RUN names.</summary>
    public static string Root =>
        System.IO.Path.Join(Environment.GetEnvironmentVariable("RINGFENCE_RUN") is { Length: > 0 } run ? run : "/run/ringfence", "labs");

    /// <summary>The lab's name.</summary>
    public string Name { get; }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The control socket.</summary>
    public string Socket => System.IO.Path.Join(Path, "control");

    /// <summary>What the process says.</summary>
    public string Log => System.IO.Path.Join(Path, "log");

    /// <summary>How kubectl reaches the lab.</summary>
    public string Kubeconfig => System.IO.Path.Join(Path, "kubeconfig");

    /// <summary>What the API server keeps.</summary>
    internal string Data => System.IO.Path.Join(Path, "api");

    /// <summary>How a node's agent reaches the API.</summary>
    internal string KubeconfigOf(string node) => System.IO.Path.Join(Path, $"agent-{node}.kubeconfig");

    /// <summary>What a node's agent says.</summary>
    internal string LogOf(string node) => System.IO.Path.Join(Path, $"agent-{node}.log");

    private string ProcessFile => System.IO.Path.Join(Path, "pid");

    /// <summary>The folder of a lab.</summary>
    /// <exception cref="LabException">The name is not a DNS label.</exception>
    public static LabFolder Of(string name) => In(Root, name);

    /// <summary>The folder of a lab in another place than that of all labs.</summary>
    internal static LabFolder In(string root, string name) => IsName(name)
        ? new LabFolder(root, name)
        : throw new LabException($"'{name}' cannot be a lab's name", "A name has up to 40 lower-case letters, digits and hyphens, and begins and ends with a letter or digit.");

    /// <summary>The folders that there are, of running labs and of killed ones, by name.</summary>
    public static IReadOnlyList<LabFolder> All() => Directory.Exists(Root)
        ? [.. Directory.EnumerateDirectories(Root).Select(path => System.IO.Path.GetFileName(path)!).Where(IsName).Order(StringComparer.Ordinal).Select(name => new LabFolder(Root, name))]
        : [];

    /// <summary>The process that wrote its number here last; null where there is none.</summary>
    public int? ProcessId
    {
        get
        {
            try
            {
                return int.TryParse(File.ReadAllText(ProcessFile).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>The last lines of the log.</summary>
    public string LogEnd(int lines = 5)
    {
        try
        {
            return string.Join('\n', File.ReadLines(Log).TakeLast(lines));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Removes the folder where a killed process left it.</summary>
    /// <returns>The process that left it, 0 where it is not known; null where nothing was left: there is no folder, or the lab runs.</returns>
    public int? CleanUp()
    {
        if (!Directory.Exists(Path)) return null;
        NeedOwn(_root);
        NeedOwn(Path);
        if (TryLock() is not { } held) return null;
        using (held)
        {
            if (!Directory.Exists(Path)) return null;
            var process = ProcessId ?? 0;
            Remove();
            return process;
        }
    }

    /// <summary>Makes the folder this process's own.</summary>
    /// <returns>What holds it; null where another process has it.</returns>
    internal SafeHandle? TryTake()
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        for (var attempt = 0; attempt < 20; attempt++)
        {
            Directory.CreateDirectory(_root, OnlyRoot);
            Directory.CreateDirectory(Path, OnlyRoot);
            NeedOwn(_root);
            NeedOwn(Path);
            if (TryLock() is { } held)
            {
                try
                {
                    foreach (var left in Directory.EnumerateDirectories(Path)) Directory.Delete(left, recursive: true);
                    foreach (var left in Directory.EnumerateFiles(Path)) File.Delete(left);
                    File.WriteAllText(ProcessFile, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
                    File.SetUnixFileMode(Path, OnlyRoot);
                    return held;
                }
                catch (DirectoryNotFoundException)
                {
                    // Between making and locking it somebody who cleaned up took it away: the lock is on a folder without a name.
                    held.Dispose();
                    continue;
                }
            }

            // Who only looks whether the lab lives holds the lock for a moment.
            Thread.Sleep(25);
        }

        return null;
    }

    /// <summary>Takes the folder away, and those above it where they are empty.</summary>
    internal void Remove()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            if (!Directory.EnumerateFileSystemEntries(_root).Any()) Directory.Delete(_root);
        }
        catch (IOException)
        {
            // Another lab came at this moment, or somebody else was faster.
        }
    }

    // What is in them is removed and written as root, so nobody else may have made them, and neither may lead elsewhere.
    private static void NeedOwn(string folder)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        try
        {
            if (Native.OwnerOf(folder) is 0 or -1 && new DirectoryInfo(folder).LinkTarget is null && (File.GetUnixFileMode(folder) & Others) == UnixFileMode.None) return;
        }
        catch (IOException)
        {
            // Somebody who cleaned up took it away.
            return;
        }

        throw new LabException($"{folder} is a link, or others than root can write in it", "Remove it, or let RINGFENCE_RUN name a folder of root's own.");
    }

    private SafeFileHandle? TryLock()
    {
        var file = Native.open(Path, Native.O_RDONLY | Native.O_CLOEXEC);
        if (file < 0) return null;
        var handle = new SafeFileHandle(file, ownsHandle: true);
        if (Native.flock(file, Native.LOCK_EX | Native.LOCK_NB) == 0) return handle;
        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        const int WouldBlock = 11;
        return error == WouldBlock ? null : throw new Win32Exception(error, $"cannot lock {Path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    // Longer names would not fit a socket's path.
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name[0] != '-' && name[^1] != '-';
}
