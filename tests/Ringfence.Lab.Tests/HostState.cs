using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Ringfence.Lab.Tests;

/// <summary>What of the host's own network a lab must leave alone, as text.</summary>
internal static class HostState
{
    // What the kernel counts or draws by lot.
    private static readonly string[] Moving = ["random_secret", "stable_secret", "nf_conntrack_count", "tcp_fastopen_key"];

    public static string Read()
    {
        var text = new StringBuilder();
        foreach (var command in new[]
                 {
                     "link show", "address show", "route show table all", "-6 route show table all", "rule show", "-6 rule show", "neigh show nud permanent", "netns list",
                 })
            text.AppendLine(CultureInfo.InvariantCulture, $"# ip {command}").AppendLine(Run("ip", $"-o {command}"));
        text.AppendLine("# nft list ruleset").AppendLine(Run("nft", "list ruleset"));
        foreach (var file in Directory.EnumerateFiles("/proc/sys/net", "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            if (!Moving.Any(name => file.EndsWith(name, StringComparison.Ordinal))) text.AppendLine(CultureInfo.InvariantCulture, $"{file}={Value(file)}");
        return text.ToString();
    }

    private static string Value(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return unreadable.GetType().Name;
        }
    }

    private static string Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
