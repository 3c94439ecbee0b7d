using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Compilation;

/// <summary>A pod of the node, as the kernel sees it.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Interface">The name of its interface on the node; at most 15 characters.</param>
public sealed record LocalPod(string Namespace, string Name, string Interface)
{
    private const int LongestName = 15;

    /// <summary>Whether the kernel could call an interface so: 1 to 15 printable characters of ASCII, no <c>/</c> and no <c>:</c>, neither <c>.</c> nor <c>..</c>.</summary>
    public static bool IsInterface(string name) =>
        name.Length is > 0 and <= LongestName && name is not ("." or "..") && name.All(c => c is > ' ' and <= '~' and not '/' and not ':');
}

/// <summary>What of a cluster one node enforces.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="PodRanges">The ranges that its pods' addresses are from: an address in them that no programmed pod has talks to nobody.</param>
/// <param name="Pods">Its pods that have a network of their own.</param>
public sealed record NodeScope(string Node, ImmutableArray<Prefix> PodRanges, ImmutableArray<LocalPod> Pods);

/// <summary>Choices in a node's rules.</summary>
public sealed record RuleOptions
{
    /// <summary>The bit of the conntrack mark that means "revoked".</summary>
    public uint RevokedMark { get; init; } = 0x8000_0000;

    /// <summary>Whether allowed connections are logged too.</summary>
    public bool LogAllowed { get; init; }

    /// <summary>Log messages a second and ruleset.</summary>
    public int LogsPerSecond { get; init; } = 100;

    /// <summary>How many peers by selector with the same ports have a set each in a ruleset; more are joined to one set.</summary>
    public int MostSharedSets { get; init; } = 8;
}

/// <summary>What a chain of policy rules stands for.</summary>
/// <param name="Id">The ruleset's id, as log prefixes and counters name it.</param>
/// <param name="Direction">The direction that it judges.</param>
/// <param name="Policies">The policies that isolate its pods.</param>
/// <param name="Pods">The pods of this node that have it, as <c>ns/name</c>.</param>
public sealed record RulesetInfo(string Id, Direction Direction, ImmutableArray<NetworkPolicy> Policies, ImmutableArray<string> Pods)
{
    /// <summary>The name of the counter of packets that it denied.</summary>
    public string DeniedCounter => RulesetCompiler.Counter(Direction, Id);
}

/// <summary>A node's rules with what their names stand for.</summary>
/// <param name="Rules">The rules.</param>
/// <param name="Rulesets">The rulesets by direction (<c>I</c> or <c>E</c>) and id, as log prefixes name them: <c>"I 3f2a"</c>.</param>
public sealed record NodeProgram(NodeRules Rules, ImmutableSortedDictionary<string, RulesetInfo> Rulesets);
