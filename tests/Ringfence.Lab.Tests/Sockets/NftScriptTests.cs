using Ringfence.Dataplane;
using Ringfence.Lab.Sockets;
using Xunit;

namespace Ringfence.Lab.Tests.Sockets;

public class NftScriptTests
{
    [Fact]
    public void ProgramThatEndsBeforeItHasReadAll_IsAProblemOfTheMachine()
    {
        var script = new string('#', 1 << 20);

        var problem = Assert.Throws<MachineException>(() => NftScript.LoadHere(script, "false"));

        Assert.Equal("nft ended with code 1 before the lab's address translation was loaded", problem.Message);
        Assert.NotNull(problem.Remedy);
    }

    [Fact]
    public void ProgramThatIsMissing_IsAProblemOfTheMachine() =>
        Assert.Equal("nft is not installed", Assert.Throws<MachineException>(() => NftScript.LoadHere("", "ringfence-no-such-program")).Message);
}
