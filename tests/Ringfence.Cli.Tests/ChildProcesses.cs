using System.Runtime.CompilerServices;

namespace Ringfence.Cli.Tests;

/// <summary>What all processes that tests start have in common.</summary>
internal static class ChildProcesses
{
    // A process of .NET has sockets for debuggers in the temporary folder, and leaves them there when it is killed.
    [ModuleInitializer]
    internal static void HaveNoDebuggers() => Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
}
