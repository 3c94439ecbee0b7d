using System.ComponentModel;
using System.Diagnostics;

namespace Ringfence.Cli.Tests.Live;

/// <summary>Starts programs that not every machine has.</summary>
internal static class ProcessStart
{
    /// <summary>Starts it, or skips the test where it is not there.</summary>
    public static Process OrSkip(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"needs {start.FileName}");
            throw;
        }
    }
}
