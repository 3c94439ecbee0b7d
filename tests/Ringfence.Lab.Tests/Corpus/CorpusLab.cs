using System.Collections.Immutable;
using Ringfence.Engine.Tests.Corpus;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Corpus;

/// <summary>One lab for all cases of the corpora: the next case is the next change.</summary>
public sealed class CorpusLab : IAsyncLifetime
{
    private const int Nodes = 3;

    private LabCluster? _lab;

    /// <summary>Makes the lab run the objects of a world.</summary>
    internal async Task<LabCluster> ShowAsync(CorpusWorld world)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var objects = world.Cluster with
        {
            Nodes = [.. Enumerable.Range(1, Nodes).Select(number => new Node { Name = $"node-{number}" })],
            Pods = [.. world.Cluster.Pods.Select(pod => pod with { NodeName = NodeOf(pod) })],
        };
        if (_lab is null) _lab = await LabCluster.StartAsync(new LabOptions { Name = "corpus", Nodes = Nodes }, objects, null, cancellation);
        else await _lab.ApplyAsync(objects, cancellation);
        return _lab;
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => default;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lab is not null) await _lab.DisposeAsync();
    }

    // The cases' addresses say the node in their third number, as the lab's do; those of pods made on the way are of no node's range.
    private static string NodeOf(Pod pod)
    {
        var third = (int)((uint)(pod.Addresses[0].Value >> 8) & 255);
        return $"node-{(third is >= 1 and <= Nodes ? third : 1 + (third % Nodes))}";
    }
}

/// <summary>The tests that share the lab, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class CorpusCollection : ICollectionFixture<CorpusLab>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "corpora in the lab";
}
