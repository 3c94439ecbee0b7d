using Xunit;

namespace Ringfence.Dataplane.Tests.Plumbing;

internal static class Privileges
{
    /// <summary>Skips a test that needs namespaces where the process may not make them.</summary>
    public static void Require() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: makes network namespaces");
}
