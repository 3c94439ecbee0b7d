using Xunit;

namespace Ringfence.Agent.Tests;

public class PlaceTests
{
    [Fact]
    public void Machine_IsLinux() => Assert.True(OperatingSystem.IsLinux());
}
