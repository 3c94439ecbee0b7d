using System.Diagnostics;
using Ringfence.Dataplane.Namespaces;

namespace Ringfence.Dataplane.Tests.Plumbing;

/// <summary>Programs run inside a namespace: a process is in the namespace of the thread that starts it.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public static string Execute(this NetworkNamespace network, string program, string input, params ReadOnlySpan<string> arguments)
    {
        var (exit, output, errors) = network.TryExecute(program, input, arguments);
        return exit == 0 ? output : throw new InvalidOperationException($"{program}: exit {exit}: {errors}{output}");
    }

    /// <summary>Runs a program to its end, whatever comes of it.</summary>
    public static (int Exit, string Output, string Errors) TryExecute(this NetworkNamespace network, string program, string input, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = network.Run(() => Process.Start(start)!);
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>Loads nftables rules.</summary>
    public static void LoadRules(this NetworkNamespace network, string rules) => network.Execute("nft", rules, "-f", "-");

    /// <summary>Configures links, addresses and routes, a command a line without <c>ip</c>.</summary>
    public static void Configure(this NetworkNamespace network, string commands) => network.Execute("ip", commands, "-batch", "-");

    /// <summary>Writes a value below <c>/proc/sys/net</c>, which is that of the thread's namespace.</summary>
    public static void SetKernel(this NetworkNamespace network, string name, string value) =>
        network.Run(() => File.WriteAllText($"/proc/sys/net/{name}", value));
}
