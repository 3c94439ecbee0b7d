using System.Collections.Immutable;
using Ringfence.Engine.Tests.Corpus;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Corpus;

/// <summary>One lab for all cases of the corpora: the next case is the next change.</summary>
public class CorpusLab : IAsyncLifetime
{
    private const int Nodes = 3;

    private readonly LabFamilies _families;
    private LabCluster? _lab;

    /// <summary>A lab of IPv4.</summary>
    public CorpusLab()
        : this(LabFamilies.V4)
    {
    }

    private protected CorpusLab(LabFamilies families) => _families = families;

    /// <summary>Makes the lab run the objects of a world.</summary>
    internal async Task<LabCluster> ShowAsync(CorpusWorld world)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var objects = world.Cluster with
        {
            Nodes = [.. Enumerable.Range(1, Nodes).Select(number => new Node { Name = $"node-{number}" })],
            Pods = [.. world.Cluster.Pods.Select(pod => pod with { NodeName = NodeOf(pod) })],
        };
        if (_lab is null) _lab = await LabCluster.StartAsync(new LabOptions { Name = "corpus", Nodes = Nodes, Families = _families }, objects, null, cancellation);
        else await _lab.ApplyAsync(objects, cancellation);
        return _lab;
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => default;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_lab is not null) await _lab.DisposeAsync();
    }

    // The cases' addresses say the node in the third number, those of IPv6 in the fourth, as the lab's do; those of pods made on the way are of no node's range.
    private static string NodeOf(Pod pod)
    {
        var third = (int)((uint)(pod.Addresses[0].Value >> (pod.Addresses[0].Family == IpFamily.V4 ? 8 : 64)) & 255);
        return $"node-{(third is >= 1 and <= Nodes ? third : 1 + (third % Nodes))}";
    }
}

/// <summary>The same lab of IPv6.</summary>
public sealed class CorpusLab6() : CorpusLab(LabFamilies.V6);

/// <summary>The same lab with both: the cases' pods have their addresses of IPv4, and others of IPv6.</summary>
public sealed class DualCorpusLab() : CorpusLab(LabFamilies.Dual);

/// <summary>The tests that share the lab, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class CorpusCollection : ICollectionFixture<CorpusLab>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "corpora in the lab";
}
