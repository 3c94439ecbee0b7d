using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Ringfence.Lab.Execution;

/// <summary>Finds a command's program, and says in the words that users of clusters know why it cannot be run.</summary>
internal static class ProgramSearch
{
    /// <summary>The exit code of a command whose program is not there.</summary>
    public const int NotFound = 127;

    /// <summary>The exit code of a command whose program cannot be run.</summary>
    public const int NotRunnable = 126;

    /// <summary>Where programs are looked for.</summary>
    public const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The file of a program.</summary>
    /// <param name="name">Its name, or its path.</param>
    /// <param name="path">The folders where names are looked for.</param>
    /// <param name="problem">Why there is none; null where there is.</param>
    public static string? Find(string name, string path, out (int Code, string Message)? problem)
    {
        problem = null;
        if (name.Contains('/', StringComparison.Ordinal))
        {
            var full = System.IO.Path.IsPathRooted(name) ? name : $"/{name}";
            if (Directory.Exists(full)) problem = (NotRunnable, $"exec: \"{name}\": is a directory");
            else if (!File.Exists(full)) problem = (NotFound, $"exec: \"{name}\": stat {name}: no such file or directory");
            else if (!IsRunnable(full)) problem = (NotRunnable, $"exec: \"{name}\": permission denied");
            return problem is null ? full : null;
        }

        var found = path.Split(':').Select(folder => $"{(folder.Length == 0 ? "/" : folder)}/{name}").Where(File.Exists).ToList();
        if (found.Find(IsRunnable) is { } file) return file;
        problem = found.Count > 0
            ? (NotRunnable, $"exec: \"{name}\": permission denied")
            : (NotFound, $"exec: \"{name}\": executable file not found in $PATH");
        return null;
    }

    /// <summary>What the kernel's refusal to run a file is to the user.</summary>
    public static (int Code, string Message) Refusal(string name, Win32Exception refused)
    {
        const int NoEntry = 2;
        var isMissing = refused.NativeErrorCode == NoEntry;
        // A script whose interpreter is not there is "not there" as well.
        var reason = Marshal.GetPInvokeErrorMessage(refused.NativeErrorCode);
        return (isMissing ? NotFound : NotRunnable, $"exec: \"{name}\": {char.ToLowerInvariant(reason[0])}{reason[1..]}");
    }

    private static bool IsRunnable(string file) => Libc.access(file, Libc.X_OK) == 0;
}
