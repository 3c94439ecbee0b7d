using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>A named container port of a pod.</summary>
internal readonly record struct NamedPort(string Name, Protocol Protocol, int Port);

/// <summary>The named ports of a pod, as far as any policy could ask for them: sorted, without repeats. Equal by content.</summary>
internal sealed class PortSignature : IEquatable<PortSignature>
{
    public static readonly PortSignature Empty = new([]);

    private readonly int _hash;

    private PortSignature(NamedPort[] ports)
    {
        Ports = ports;
        var hash = new HashCode();
        foreach (var port in ports) hash.Add(port);
        _hash = hash.ToHashCode();
    }

    public NamedPort[] Ports { get; }

    public static PortSignature Of(ImmutableArray<ContainerPort> ports)
    {
        SortedSet<NamedPort>? named = null;
        foreach (var port in ports)
            if (port.Name is not null)
                (named ??= new(Order.Instance)).Add(new NamedPort(port.Name, port.Protocol, port.Port));
        return named is null ? Empty : new([.. named]);
    }

    public bool Equals(PortSignature? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Ports.AsSpan().SequenceEqual(other.Ports));

    public override bool Equals(object? obj) => Equals(obj as PortSignature);

    public override int GetHashCode() => _hash;

    private sealed class Order : IComparer<NamedPort>
    {
        public static readonly Order Instance = new();

        public int Compare(NamedPort x, NamedPort y)
        {
            var byName = string.CompareOrdinal(x.Name, y.Name);
            return byName != 0 ? byName : x.Protocol != y.Protocol ? x.Protocol.CompareTo(y.Protocol) : x.Port.CompareTo(y.Port);
        }
    }
}

/// <summary>The <c>ports</c> of a rule: numbers as a connection set, names to be resolved at the destination. Equal by content.</summary>
internal sealed class PortSpec : IEquatable<PortSpec>
{
    /// <summary>A rule without <c>ports</c>.</summary>
    public static readonly PortSpec All = new(ConnectionSet.All, []);

    private readonly ConnectionSet _numbers;
    private readonly (Protocol Protocol, string Name)[] _names;
    private readonly Dictionary<PortSignature, ConnectionSet>? _resolved;

    private PortSpec(ConnectionSet numbers, (Protocol, string)[] names)
    {
        (_numbers, _names) = (numbers, names);
        _resolved = names.Length == 0 ? null : [];
    }

    /// <summary>The names that a rule asks for.</summary>
    public IEnumerable<(Protocol Protocol, string Name)> Names => _names;

    /// <summary>Whether the destination must be known to say which ports are meant.</summary>
    public bool HasNames => _names.Length > 0;

    /// <summary>The numbers alone.</summary>
    public ConnectionSet Numbers => _numbers;

    public static PortSpec Of(ImmutableArray<PolicyPort> ports)
    {
        if (ports.IsEmpty) return All;
        var numbers = ConnectionSet.None;
        List<(Protocol, string)>? names = null;
        foreach (var port in ports)
        {
            if (port.Name is not null) (names ??= []).Add((port.Protocol, port.Name));
            else numbers = numbers.Union(ConnectionsOf(port));
        }

        return new PortSpec(numbers, names is null ? [] : [.. names.Distinct().Order()]);
    }

    /// <summary>What one entry of <c>ports</c> that has no name admits.</summary>
    public static ConnectionSet ConnectionsOf(PolicyPort port) =>
        port.IsEveryPort ? ConnectionSet.Of(port.Protocol) : ConnectionSet.Of(port.Protocol, port.First, port.Last);

    /// <summary>The numbers alone, as a spec of its own.</summary>
    public PortSpec WithoutNames() => new(_numbers, []);

    /// <summary>The connections that are meant at a destination with these named ports.</summary>
    public ConnectionSet Resolve(PortSignature destination)
    {
        if (_resolved is null) return _numbers;
        lock (_resolved)
        {
            if (_resolved.TryGetValue(destination, out var known)) return known;
            var result = _numbers;
            foreach (var (protocol, name) in _names)
                foreach (var port in destination.Ports)
                    if (port.Protocol == protocol && port.Name == name)
                        result = result.Union(ConnectionSet.Of(protocol, port.Port));
            return _resolved[destination] = result;
        }
    }

    public bool Equals(PortSpec? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _numbers.Equals(other._numbers) && _names.AsSpan().SequenceEqual(other._names));

    public override bool Equals(object? obj) => Equals(obj as PortSpec);

    public override int GetHashCode() => HashCode.Combine(_numbers, _names.Length, _names.Length > 0 ? _names[0].Name : "");
}
