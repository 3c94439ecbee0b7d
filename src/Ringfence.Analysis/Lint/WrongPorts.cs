using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>A policy's port that no concerned pod has.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Index">The port's place in the rule's <c>ports</c>, from 0.</param>
/// <param name="Pods">The concerned pods: those selected for ingress, those that the peers match for egress; empty where all peers are ipBlocks.</param>
/// <param name="Declared">What their containers declare.</param>
/// <param name="Services">The Services' ports of this number that lead to another port of these pods.</param>
internal sealed record WrongPort(
    NetworkPolicy Policy, GroupedRule Rule, int Index, ImmutableArray<GroupSet> Pods, ImmutableArray<ContainerPort> Declared, ImmutableArray<PodService> Services)
{
    /// <summary>The port.</summary>
    public PolicyPort Port => Rule.Rule.Ports[Index];

    /// <summary>Its field path.</summary>
    public string Path => $"{Rule.Path}.ports[{Index}]";
}

/// <summary>Finds the ports of policies that no concerned pod has, as far as the input can tell.</summary>
internal sealed class WrongPorts
{
    private readonly LintContext _context;
    private readonly ImmutableArray<WrongPort>.Builder _found = ImmutableArray.CreateBuilder<WrongPort>();
    private readonly List<NetworkPolicy> _withoutServices = [];

    private WrongPorts(LintContext context) => _context = context;

    /// <summary>The ports.</summary>
    public ImmutableArray<WrongPort> All { get; private set; }

    /// <summary>The policies with ports that might be a Service's, if the input had Services.</summary>
    public IReadOnlyList<NetworkPolicy> WithoutServices => _withoutServices;

    /// <summary>Looks for them.</summary>
    public static WrongPorts Find(LintContext context)
    {
        var ports = new WrongPorts(context);
        foreach (var policy in context.Groups.Policies)
        {
            foreach (var rule in policy.Rules(Direction.Ingress)) ports.Judge(policy.Policy, rule, [policy.Selected], knowsAll: true);
            foreach (var rule in policy.Rules(Direction.Egress)) ports.JudgeEgress(policy.Policy, rule);
        }

        ports.All = ports._found.DrainToImmutable();
        return ports;
    }

    private void JudgeEgress(NetworkPolicy policy, GroupedRule rule)
    {
        if (rule.IsForEveryone) Judge(policy, rule, [_context.Groups.Everyone], knowsAll: false);
        else Judge(policy, rule, [.. rule.Peers.Where(peer => peer.Block is null).Select(peer => peer.Groups)], rule.Peers.All(peer => peer.Block is null));
    }

    /// <param name="policy">The policy.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="pods">The concerned pods.</param>
    /// <param name="knowsAll">Whether nothing but these pods is concerned.</param>
    private void Judge(NetworkPolicy policy, GroupedRule rule, ImmutableArray<GroupSet> pods, bool knowsAll)
    {
        if (rule.Rule.Ports.IsEmpty || (!pods.IsEmpty && pods.All(set => set.IsEmpty))) return;
        var declared = pods.Select(_context.Ports.Of).ToList();
        for (var i = 0; i < rule.Rule.Ports.Length; i++)
        {
            var port = rule.Rule.Ports[i];
            if (port.IsEveryPort || (port.Name is null && !knowsAll) || declared.Exists(each => each.Fits(port))) continue;
            if (port.Name is not null)
            {
                _found.Add(Wrong([]));
                continue;
            }

            var services = pods.SelectMany(set => set).SelectMany(group => _context.Ports.ServicesOf(group)).Distinct().ToList();
            if (services.Exists(service => service.Port.Protocol == port.Protocol && service.Target >= port.First && service.Target <= port.Last)) continue;
            var asked = services.FindAll(service => service.Port.Protocol == port.Protocol && service.Port.Port == port.First && port.First == port.Last);
            var isDeclared = declared.TrueForAll(each => each.AllDeclare);
            if (!isDeclared && _context.Objects.Services.IsEmpty) _withoutServices.Add(policy);
            if (asked.Count > 0 ? isDeclared || AllBehind(pods) : isDeclared) _found.Add(Wrong(asked));

            WrongPort Wrong(List<PodService> asked) =>
                new(policy, rule, i, pods, [.. declared.SelectMany(each => each.Ports).Distinct().OrderBy(item => item.Port).ThenBy(item => item.Protocol)], [.. asked]);
        }
    }

    /// <summary>Whether every pod declares its ports or is behind a Service, which tells what it listens on.</summary>
    private bool AllBehind(ImmutableArray<GroupSet> pods) =>
        pods.SelectMany(set => set).All(group => _context.Ports.Of(group).AllDeclare || !_context.Ports.ServicesOf(group).IsEmpty);
}
