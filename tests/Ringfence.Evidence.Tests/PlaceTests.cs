using Xunit;

namespace Ringfence.Evidence.Tests;

public class PlaceTests
{
    [Fact]
    public void Machine_IsLinux() => Assert.True(OperatingSystem.IsLinux());
}
