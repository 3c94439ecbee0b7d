using Xunit;

namespace Ringfence.Dataplane.Tests;

public class PlaceTests
{
    [Fact]
    public void Machine_IsLinux() => Assert.True(OperatingSystem.IsLinux());
}
