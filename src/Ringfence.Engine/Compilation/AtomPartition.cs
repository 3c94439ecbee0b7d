using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>
/// Atoms: classes that no policy can tell apart, because the same policies select them, the same peers match them and the port names that
/// policies use mean the same numbers there.
/// </summary>
internal sealed class AtomPartition
{
    private readonly int[] _atomOf;

    private AtomPartition(int[] atomOf, int count) => (_atomOf, Count) = (atomOf, count);

    /// <summary>Number of atoms that have pods.</summary>
    public int Count { get; }

    /// <summary>The atom of a class; -1 for a class without pods.</summary>
    public int this[int podClass] => _atomOf[podClass];

    public static AtomPartition Of(CompiledForm form)
    {
        var matched = new List<int>?[form.Classes.Count];
        foreach (var peer in form.Peers)
            foreach (var id in peer.Columns.Members())
                if (form.Classes[id].Pods > 0) (matched[id] ??= []).Add(peer.Id);

        var names = form.PortNames();
        var atomOf = new int[form.Classes.Count];
        var known = new Dictionary<Signature, int>();
        foreach (var podClass in form.Classes)
        {
            if (podClass.Pods == 0)
            {
                atomOf[podClass.Id] = -1;
                continue;
            }

            var ports = podClass.Ports.Ports.Where(port => names.Contains((port.Protocol, port.Name))).ToArray();
            var signature = new Signature(podClass.Rules, matched[podClass.Id]?.ToArray() ?? [], ports);
            ref var atom = ref CollectionsMarshal.GetValueRefOrAddDefault(known, signature, out var exists);
            if (!exists) atom = known.Count - 1;
            atomOf[podClass.Id] = atom;
        }

        return new AtomPartition(atomOf, known.Count);
    }

    /// <summary>What makes an atom. Hashes only find candidates: members are compared.</summary>
    private readonly struct Signature(RuleSet? rules, int[] peers, NamedPort[] ports) : IEquatable<Signature>
    {
        private readonly RuleSet? _rules = rules;
        private readonly int[] _peers = peers;
        private readonly NamedPort[] _ports = ports;

        public bool Equals(Signature other) => ReferenceEquals(_rules, other._rules)
            && _peers.AsSpan().SequenceEqual(other._peers) && _ports.AsSpan().SequenceEqual(other._ports);

        public override bool Equals(object? obj) => obj is Signature other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_rules is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(_rules));
            hash.AddBytes(MemoryMarshal.AsBytes(_peers.AsSpan()));
            hash.Add(_ports.Length);
            return hash.ToHashCode();
        }
    }
}
