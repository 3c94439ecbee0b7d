using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Ringfence.Cli.Tests;

/// <summary>Labs in a place of their own, so that those of the machine's users are left alone. Disposing takes them down.</summary>
internal sealed class LabRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, string> _environment;

    public LabRun()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root: labs are network namespaces");
        Folder = Directory.CreateTempSubdirectory("ringfence-").FullName;
        _environment = new Dictionary<string, string> { ["RINGFENCE_RUN"] = Folder };
    }

    public string Folder { get; }

    public string Labs => Path.Join(Folder, "labs");

    /// <summary>Runs a verb of <c>lab</c>.</summary>
    public Run Lab(params string[] args) => Command(["lab", .. args]);

    /// <summary>Runs any verb.</summary>
    public Run Command(params string[] args) => RingfenceCommand.RunWith(null, _environment, args);

    /// <summary>The process that holds a lab.</summary>
    public int ProcessOf(string name) => int.Parse(File.ReadAllText(Path.Join(Labs, name, "pid")).Trim(), CultureInfo.InvariantCulture);

    /// <summary>Starts a verb, and leaves it running.</summary>
    public Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(RingfenceCommand.Executable, ["lab", .. args])
        {
            WorkingDirectory = RepositoryRoot.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Sends a signal.</summary>
    public static void Signal(int process, string name)
    {
        using var kill = Process.Start("kill", ["-s", name, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until something is so.</summary>
    public static void Until(Func<bool> isSo, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"not in time: {what}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Whether a process runs; one that ended and that nobody waited for does not.</summary>
    public static bool IsRunning(int process)
    {
        try
        {
            var state = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return state[(state.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Lab("down", "--all");
        Directory.Delete(Folder, recursive: true);
    }
}
