using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Tests.Compilation;

/// <summary>Does with a node's rules what the kernel would do with the first packet of a flow. Slow and obvious.</summary>
internal sealed class RulesInterpreter(NodeRules rules)
{
    // A map that is never reached would be a loop of chains.
    private const int DeepestChain = 8;

    /// <summary>Whether the packet passes.</summary>
    public bool Passes(Packet packet) => Run(rules.Chains.Values.Single(chain => chain.IsBase), packet, 0) != Outcome.Drop;

    private enum Outcome
    {
        Next,
        Accept,
        Drop,
        Return,
    }

    private Outcome Run(Chain chain, Packet packet, int depth)
    {
        if (depth > DeepestChain) throw new InvalidOperationException($"{chain.Name} is too deep");
        foreach (var rule in chain.Rules)
            if (Run(rule, packet, depth) is var outcome && outcome != Outcome.Next) return outcome == Outcome.Return && depth == 0 ? Outcome.Accept : outcome;
        return depth == 0 ? Outcome.Accept : Outcome.Return;
    }

    private Outcome Run(Rule rule, Packet packet, int depth)
    {
        foreach (var part in rule.Parts)
            switch (part)
            {
                case MatchCtState { States: var states }:
                    if (!states.HasFlag(CtStates.New)) return Outcome.Next;
                    break;
                case MatchCtMark or MatchHopLimit:
                    return Outcome.Next;
                case MatchProtocol { Number: var number }:
                    if (packet.Protocol != number) return Outcome.Next;
                    break;
                case MatchPorts ports:
                    if (packet.Protocol != ports.Protocol || packet.Port < ports.Ports.First || packet.Port > ports.Ports.Last) return Outcome.Next;
                    break;
                case MatchPortSet ports:
                    if (packet.Protocol != ports.Protocol || !Contains(ports.Set, [PacketField.DestinationPort], packet)) return Outcome.Next;
                    break;
                case MatchSet match:
                    if (match.Fields.Any(field => packet.Field(field) is null) || Contains(match.Set, match.Fields, packet) == match.Negated) return Outcome.Next;
                    break;
                case Dispatch dispatch:
                    if (Find(dispatch.Map, [dispatch.Field], packet) is not { Chain: { } target }) break;
                    if (Call(target, packet, depth) is var jumped && jumped != Outcome.Next) return jumped;
                    break;
                case Decide { Kind: VerdictKind.Jump, Chain: var chain }:
                    if (Call(chain!, packet, depth) is var called && called != Outcome.Next) return called;
                    break;
                case Decide { Kind: VerdictKind.Goto, Chain: var chain }:
                    return Run(rules.Chains[chain!], packet, depth == 0 ? 0 : depth);
                case Decide { Kind: var kind }:
                    return kind switch { VerdictKind.Accept => Outcome.Accept, VerdictKind.Drop => Outcome.Drop, _ => Outcome.Return };
                case RejectWithReset:
                    return Outcome.Drop;
                case Count { Counter: var counter }:
                    if (!rules.Counters.Contains(counter)) throw new InvalidOperationException($"no counter {counter}");
                    break;
            }

        return Outcome.Next;
    }

    private Outcome Call(string chain, Packet packet, int depth)
    {
        var outcome = Run(rules.Chains[chain], packet, depth + 1);
        return outcome == Outcome.Return ? Outcome.Next : outcome;
    }

    private bool Contains(string set, IEnumerable<PacketField> fields, Packet packet) => Find(set, fields, packet) is not null;

    private SetElement? Find(string name, IEnumerable<PacketField> fields, Packet packet)
    {
        var set = rules.Sets[name];
        var key = new List<byte>();
        foreach (var field in fields)
        {
            if (packet.Field(field) is not { } bytes) return null;
            while (key.Count % 4 != 0) key.Add(0);
            key.AddRange(bytes);
        }

        // Concatenations are padded to whole registers.
        if (fields.Count() > 1) while (key.Count % 4 != 0) key.Add(0);
        var wanted = new ElementKey(key.ToArray());
        foreach (var element in set.Elements)
            if (set.IsInterval ? element.Key <= wanted && wanted <= element.Last : element.Key == wanted) return element;
        return null;
    }
}
