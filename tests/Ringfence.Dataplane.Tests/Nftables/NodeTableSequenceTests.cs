using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Rules;
using Xunit;

namespace Ringfence.Dataplane.Tests.Nftables;

public class NodeTableSequenceTests
{
    private const int Steps = 40;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Apply_OneStateAfterTheOther_KernelHasTheLastAsIfLoadedAfresh(int seed)
    {
        NftProgram.NeedsRoot();
        var random = new RandomRules(seed);
        using var network = NetworkNamespace.Create();
        var table = NodeTable.Open(network);
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                var wanted = random.Next();

                // Every so often the enforcing process is another one, which adopts what it finds.
                if (step % 7 == 6)
                {
                    table.Dispose();
                    table = NodeTable.Open(network);
                }

                table.Apply(wanted);

                NodeTableTests.SameRules(wanted, table.Read());
                Assert.True(table.Apply(wanted).IsEmpty);
                if (step % 10 == 9) Assert.Equal(LoadedAfresh(wanted), NftProgram.List(network));
            }
        }
        finally
        {
            table.Dispose();
        }
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 12)];

    private static string LoadedAfresh(NodeRules rules)
    {
        using var network = NetworkNamespace.Create();
        NftProgram.Succeed(network, NodeRulesText.Write(rules));
        return NftProgram.List(network);
    }
}
