using Xunit;

namespace Ringfence.Lab.Tests;

public class PlaceTests
{
    [Fact]
    public void Machine_IsLinux() => Assert.True(OperatingSystem.IsLinux());
}
