using System.Collections.Immutable;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>Collects the sets of a table; one that is asked for again is there already.</summary>
internal sealed class SetTable
{
    private readonly ImmutableSortedDictionary<string, KernelSet>.Builder _sets = ImmutableSortedDictionary.CreateBuilder<string, KernelSet>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, KernelSet> Build() => _sets.ToImmutable();

    /// <summary>The suffix that tells the families of a set apart.</summary>
    public static string Suffix(IpFamily family) => family == IpFamily.V4 ? "4" : "6";

    /// <summary>A plain set; <paramref name="keys"/> in any order, with repeats.</summary>
    public string Hash(string name, SetKind kind, Func<IEnumerable<ElementKey>> keys)
    {
        if (_sets.ContainsKey(name)) return name;
        var sorted = keys().ToArray();
        Array.Sort(sorted);
        var elements = ImmutableArray.CreateBuilder<SetElement>(sorted.Length);
        for (var i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[i - 1]) elements.Add(new SetElement(sorted[i]));
        _sets.Add(name, new KernelSet(name, kind, IsInterval: false, IsVerdictMap: false, elements.DrainToImmutable()));
        return name;
    }

    /// <summary>An interval set of addresses.</summary>
    public string Intervals(string name, IpFamily family, IEnumerable<AddressRange> ranges)
    {
        if (!_sets.ContainsKey(name))
            _sets.Add(name, new KernelSet(name, family == IpFamily.V4 ? SetKind.Ipv4 : SetKind.Ipv6, IsInterval: true, IsVerdictMap: false,
                [.. ranges.Select(range => new SetElement(Keys.Of(range.First), Keys.Of(range.Last), null))]));
        return name;
    }

    /// <summary>An interval set of ports, named by what it holds.</summary>
    public string Ports(ImmutableArray<PortRange> ranges)
    {
        var name = $"p_{Names.Of(string.Join(',', ranges))}";
        if (!_sets.ContainsKey(name))
            _sets.Add(name, new KernelSet(name, SetKind.Port, IsInterval: true, IsVerdictMap: false,
                [.. ranges.Select(range => new SetElement(Keys.OfPort(range.First), Keys.OfPort(range.Last), null))]));
        return name;
    }

    /// <summary>A map from addresses to chains.</summary>
    public void Map(string name, IpFamily family, IEnumerable<(Address Address, string Chain)> entries) =>
        _sets.Add(name, new KernelSet(name, family == IpFamily.V4 ? SetKind.Ipv4 : SetKind.Ipv6, IsInterval: false, IsVerdictMap: true,
            [.. entries.Select(entry => (Key: Keys.Of(entry.Address), entry.Chain)).OrderBy(entry => entry.Key).Select(entry => new SetElement(entry.Key, entry.Key, entry.Chain))]));
}
