using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>
/// The IPv4 address space cut where any ipBlock begins or ends: all addresses of one interval are held by the same blocks, so that the
/// blocks are looked up once an interval and not once a pod.
/// </summary>
internal sealed class IntervalTable
{
    private readonly uint[] _starts;
    private readonly BlockSet?[] _known;

    public IntervalTable(IEnumerable<Peer> blocks)
    {
        var starts = new List<uint> { 0 };
        foreach (var peer in blocks)
        {
            var block = peer.Key.Block!;
            Bound(block.Cidr);
            foreach (var except in block.Except) Bound(except);
        }

        starts.Sort();
        _starts = [.. starts.Distinct()];
        _known = new BlockSet?[_starts.Length];

        void Bound(Prefix prefix)
        {
            if (prefix.Family != IpFamily.V4) return;
            starts.Add((uint)prefix.First.Value);
            if ((uint)prefix.Last.Value != uint.MaxValue) starts.Add((uint)prefix.Last.Value + 1);
        }
    }

    /// <summary>The place of the interval that holds an address; null there where its blocks have not been looked up yet.</summary>
    public ref BlockSet? At(uint address)
    {
        var found = Array.BinarySearch(_starts, address);
        return ref _known[found >= 0 ? found : ~found - 1];
    }
}
