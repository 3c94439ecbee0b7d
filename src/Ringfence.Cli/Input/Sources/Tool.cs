using System.ComponentModel;
using System.Diagnostics;
using Ringfence.Cli.CommandLine;

namespace Ringfence.Cli.Input.Sources;

/// <summary>What a program said.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error, without spaces around it.</param>
internal sealed record ToolResult(int Code, byte[] Output, string Error)
{
    /// <summary>Its standard output as text, without spaces around it.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output).Trim();
}

/// <summary>Another program of this machine.</summary>
/// <param name="name">Its name, found along PATH.</param>
/// <param name="remedy">What to do where it is not there.</param>
internal sealed class Tool(string name, string remedy)
{
    /// <summary>Runs it to its end; nothing is given to a shell.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads; null for nothing.</param>
    /// <exception cref="CommandException">It is not there.</exception>
    public ToolResult Run(IEnumerable<string> arguments, byte[]? input = null)
    {
        var start = new ProcessStartInfo(name, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // Its messages are read here, and repeated to people: in one language.
        start.Environment["LC_ALL"] = "C";
        using var process = Start(start);
        var error = process.StandardError.ReadToEndAsync();
        var writing = Task.Run(() => Write(process, input));
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        writing.Wait();
        return new ToolResult(process.ExitCode, output.ToArray(), error.Result.Trim());
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new CommandException($"this needs the program {name}, which is not on this machine", remedy) { Code = ExitCode.MachineLacks };
        }
    }

    private static void Write(Process process, byte[]? input)
    {
        try
        {
            using var stream = process.StandardInput.BaseStream;
            if (input is not null) stream.Write(input);
        }
        catch (IOException)
        {
            // It ended before it read all; its exit code and its words say why.
        }
    }
}
