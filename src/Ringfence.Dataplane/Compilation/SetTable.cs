using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>Collects the sets of a table; one that is asked for again is there already, and one that the table before had alike is that one.</summary>
internal sealed class SetTable(IReadOnlyDictionary<string, KernelSet> former)
{
    private readonly Dictionary<string, KernelSet> _sets = new(former.Count, StringComparer.Ordinal);

    /// <summary>The sets collected so far.</summary>
    public Dictionary<string, KernelSet> Sets => _sets;

    /// <summary>The suffix that tells the families of a set apart.</summary>
    public static string Suffix(IpFamily family) => family == IpFamily.V4 ? "4" : "6";

    /// <summary>A plain set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">What its keys are.</param>
    /// <param name="keys">Its keys in any order, with repeats.</param>
    public KernelSet Hash(string name, SetKind kind, Func<IEnumerable<ElementKey>> keys)
    {
        if (_sets.TryGetValue(name, out var known)) return known;
        var sorted = keys().ToArray();
        Array.Sort(sorted);
        var elements = new List<SetElement>(sorted.Length);
        for (var i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[i - 1]) elements.Add(new SetElement(sorted[i]));
        return Add(new KernelSet(name, kind, IsInterval: false, IsVerdictMap: false, ElementList.Create(CollectionsMarshal.AsSpan(elements))));
    }

    /// <summary>An interval set of addresses.</summary>
    public static KernelSet Intervals(string name, IpFamily family, IEnumerable<AddressRange> ranges) => new(
        name, family == IpFamily.V4 ? SetKind.Ipv4 : SetKind.Ipv6, IsInterval: true, IsVerdictMap: false,
        [.. ranges.Select(range => new SetElement(Keys.Of(range.First), Keys.Of(range.Last), null))]);

    /// <summary>An interval set of ports, named by what it holds.</summary>
    public static KernelSet Ports(ImmutableArray<PortRange> ranges) => new(
        $"p_{Names.Of(string.Join(',', ranges))}", SetKind.Port, IsInterval: true, IsVerdictMap: false,
        [.. ranges.Select(range => new SetElement(Keys.OfPort(range.First), Keys.OfPort(range.Last), null))]);

    /// <summary>A map from addresses to chains.</summary>
    public void Map(string name, IpFamily family, IEnumerable<(Address Address, string Chain)> entries) => Add(
        new KernelSet(name, family == IpFamily.V4 ? SetKind.Ipv4 : SetKind.Ipv6, IsInterval: false, IsVerdictMap: true,
            [.. entries.Select(entry => (Key: Keys.Of(entry.Address), entry.Chain)).OrderBy(entry => entry.Key).Select(entry => new SetElement(entry.Key, entry.Key, entry.Chain))]));

    /// <summary>Adds a set that is there already by itself; nothing happens where one of its name is in the table.</summary>
    public KernelSet Add(KernelSet set)
    {
        if (_sets.TryGetValue(set.Name, out var known)) return known;
        if (former.TryGetValue(set.Name, out var before) && before.Equals(set)) set = before;
        _sets.Add(set.Name, set);
        return set;
    }
}
