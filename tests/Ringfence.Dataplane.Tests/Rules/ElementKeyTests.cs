using Ringfence.Dataplane.Rules;
using Xunit;

namespace Ringfence.Dataplane.Tests.Rules;

public class ElementKeyTests
{
    [Fact]
    public void LoneField_PaddedOrNot_IsTheSameKey()
    {
        var key = new ElementKey([0x1f, 0x90]);

        Assert.Equal(new ElementKey([0x1f, 0x90, 0, 0]), key);
        Assert.Equal(4, key.Length);
    }

    [Fact]
    public void Keys_AreOrderedAsTheirBytes()
    {
        Assert.True(new ElementKey([10, 0, 0, 255]) < new ElementKey([10, 0, 1, 0]));
        Assert.True(new ElementKey([10, 0, 0, 1]) < new ElementKey([10, 0, 0, 1, 0, 0, 0, 0]));
    }
}
