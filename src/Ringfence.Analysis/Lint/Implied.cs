using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>Whether one selector, peer or rule admits whatever another one does, whatever pods there are or come.</summary>
internal static class Implied
{
    /// <summary>Whether every label set that <paramref name="inner"/> matches is matched by <paramref name="outer"/>.</summary>
    public static bool By(LabelSelector outer, LabelSelector inner)
    {
        foreach (var asked in outer.Requirements)
            if (!inner.Requirements.Any(given => given.Key == asked.Key && Implies(given, asked))) return false;
        return true;
    }

    /// <summary>Whether every address of <paramref name="inner"/> belongs to <paramref name="outer"/>.</summary>
    public static bool By(IpBlock outer, IpBlock inner) =>
        SpecialAddresses.Holds(outer.Cidr, inner.Cidr)
        && outer.Except.All(except => !(SpecialAddresses.Holds(inner.Cidr, except) || SpecialAddresses.Holds(except, inner.Cidr)) || inner.Except.Any(known => SpecialAddresses.Holds(known, except)));

    /// <summary>Whether every pod or address that <paramref name="inner"/> means is meant by <paramref name="outer"/>; both of policies of one namespace.</summary>
    public static bool By(PolicyPeer outer, PolicyPeer inner, SnapshotNamespace own)
    {
        if (outer.IpBlock is { } block) return inner.IpBlock is { } other && By(block, other);
        return inner.IpBlock is null && NamespacesBy(outer.NamespaceSelector, inner.NamespaceSelector, own)
            && By(outer.PodSelector ?? LabelSelector.Everything, inner.PodSelector ?? LabelSelector.Everything);
    }

    /// <summary>Whether a rule admits every port that another one does, wherever names lead.</summary>
    public static bool PortsBy(GroupedRule outer, GroupedRule inner)
    {
        if (outer.Rule.Ports.IsEmpty) return true;
        if (inner.Rule.Ports.IsEmpty) return false;
        return outer.NumberedPorts.Contains(inner.NumberedPorts)
            && inner.Rule.Ports.All(port => port.Name is null || outer.Rule.Ports.Any(other => other.Name == port.Name && other.Protocol == port.Protocol));
    }

    private static bool NamespacesBy(LabelSelector? outer, LabelSelector? inner, SnapshotNamespace own)
    {
        if (outer is null) return inner is null || By(LabelSelector.Label(Namespace.NameLabel, own.Name), inner);
        if (inner is not null) return By(outer, inner);
        return (own.Declared || outer.Requirements.All(requirement => requirement.Key == Namespace.NameLabel)) && outer.Matches(own.Labels);
    }

    private static bool Implies(Requirement given, Requirement asked) => asked.Operator switch
    {
        SelectorOperator.In => given.Operator == SelectorOperator.In && given.Values.All(value => asked.Values.Contains(value)),
        SelectorOperator.Exists => given.Operator is SelectorOperator.In or SelectorOperator.Exists,
        SelectorOperator.NotIn => given.Operator switch
        {
            SelectorOperator.In => !given.Values.Any(value => asked.Values.Contains(value)),
            SelectorOperator.NotIn => asked.Values.All(value => given.Values.Contains(value)),
            var other => other == SelectorOperator.DoesNotExist,
        },
        _ => given.Operator == SelectorOperator.DoesNotExist,
    };
}
