using Ringfence.Dataplane.Namespaces;
using Xunit;

namespace Ringfence.Lab.Tests;

/// <summary>Tests with real packets need root.</summary>
internal static class Root
{
    public static void IsNeeded() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: network namespaces");
}
