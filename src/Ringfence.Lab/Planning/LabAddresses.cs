using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Planning;

/// <summary>Who has which address in a lab.</summary>
internal static class LabAddresses
{
    // Node N has the underlay's address N + 10; the outside's router leg is 1.
    private const int FirstNode = 10;

    // As clusters have it, .1 is left to a gateway.
    private const int FirstPod = 2;

    /// <summary>All pods' addresses.</summary>
    public static readonly ImmutableArray<Prefix> AllPods = Prefixes("10.244.0.0/16", "fd00:10:244::/48");

    /// <summary>Cluster addresses of Services.</summary>
    public static readonly ImmutableArray<Prefix> Services = Prefixes("10.96.0.0/16", "fd00:10:96::/112");

    /// <summary>The network that joins nodes and the outside.</summary>
    public static readonly ImmutableArray<Prefix> Underlay = Prefixes("172.31.255.0/24", "fd00:172:31:255::/64");

    /// <summary>Pods' next router; the same for all, as their own link has nobody else on it.</summary>
    public static readonly ImmutableArray<Address> Gateways = [Address.Parse("169.254.1.1"), Address.Parse("fe80::1")];

    /// <summary>The outside world's addresses that are always there: documentation ranges, and where clouds have their metadata.</summary>
    public static readonly ImmutableArray<Address> Outside =
    [
        .. new[] { "198.51.100.10", "203.0.113.10", "192.0.2.10", "169.254.169.254", "2001:db8::10", "2001:db8:1::10" }.Select(text => Address.Parse(text)),
    ];

    private static readonly ImmutableArray<Prefix> Special = Prefixes(
        "0.0.0.0/8", "127.0.0.0/8", "169.254.1.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/8", "fe80::/10", "ff00::/8");

    /// <summary>Blocks that no address outside is from.</summary>
    public static ImmutableArray<Prefix> NotOutside { get; } = [.. AllPods, .. Services, .. Underlay, .. Special];

    /// <summary>The families of a lab.</summary>
    public static ImmutableArray<IpFamily> Families(LabFamilies families) => families switch
    {
        LabFamilies.V4 => [IpFamily.V4],
        LabFamilies.V6 => [IpFamily.V6],
        _ => [IpFamily.V4, IpFamily.V6],
    };

    /// <summary>The outside's leg on the underlay.</summary>
    public static Address Router(IpFamily family) => At(Of(Underlay, family), 1);

    /// <summary>A node's address.</summary>
    /// <param name="node">Its number, from 1.</param>
    /// <param name="family">The family.</param>
    public static Address NodeAddress(int node, IpFamily family) => At(Of(Underlay, family), FirstNode + node);

    /// <summary>The range that the addresses of a node's pods are from.</summary>
    public static Prefix PodRange(int node, IpFamily family) => family == IpFamily.V4
        ? new Prefix(At(Of(AllPods, family), node << 8), 24)
        : new Prefix(new Address(family, Of(AllPods, family).First.Value + ((UInt128)node << 64)), 64);

    /// <summary>Addresses for new pods, the node's own range first, then what no node has.</summary>
    public static IEnumerable<Address> PodCandidates(int node, IpFamily family)
    {
        const int OwnRange = 255;
        const int AllRanges = 0xffff;
        var own = PodRange(node, family);
        for (var i = FirstPod; i < OwnRange; i++) yield return At(own, i);
        var all = Of(AllPods, family);
        for (var i = (LabOptions.MostNodes + 1) << 8; i < AllRanges; i++)
            if ((i & 0xff) is not (0 or 0xff)) yield return At(all, i);
    }

    /// <summary>Whether a pod of the input may keep an address in a lab.</summary>
    public static bool IsForPods(Address address) =>
        !Outside.Contains(address) && !Services.Concat(Underlay).Concat(Special).Any(block => block.Contains(address));

    /// <summary>The gateway of a family.</summary>
    public static Address Gateway(IpFamily family) => Gateways[(int)family];

    /// <summary>The block of a family.</summary>
    public static Prefix Of(ImmutableArray<Prefix> blocks, IpFamily family) => blocks.First(block => block.Family == family);

    /// <summary>An address by its place in a block.</summary>
    public static Address At(Prefix block, int place) => new(block.Family, block.First.Value + (UInt128)place);

    private static ImmutableArray<Prefix> Prefixes(params string[] texts) => [.. texts.Select(text => Prefix.Parse(text))];
}
