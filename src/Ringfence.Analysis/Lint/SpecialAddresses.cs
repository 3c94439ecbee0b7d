using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>Addresses that mean more than others.</summary>
internal static class SpecialAddresses
{
    /// <summary>Where clouds tell a machine its credentials, over HTTP: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html.</summary>
    public static readonly ImmutableArray<Address> Metadata = [Address.Parse("169.254.169.254"), Address.Parse("fd00:ec2::254")];

    /// <summary>The port there.</summary>
    public const int MetadataPort = 80;

    /// <summary>What is not routed on the internet: the private ranges of RFC 1918, the shared one of RFC 6598, the unique local ones of RFC 4193.</summary>
    public static readonly ImmutableArray<Prefix> Private =
    [
        Prefix.Parse("10.0.0.0/8"), Prefix.Parse("172.16.0.0/12"), Prefix.Parse("192.168.0.0/16"), Prefix.Parse("100.64.0.0/10"), Prefix.Parse("fc00::/7"),
    ];

    private static readonly ImmutableArray<Prefix> Local = [.. Private, Prefix.Parse("127.0.0.0/8"), Prefix.Parse("169.254.0.0/16"), Prefix.Parse("::1/128"), Prefix.Parse("fe80::/10")];

    /// <summary>The prefix of one address.</summary>
    public static Prefix Alone(Address address) => new(address, Address.Bits(address.Family));

    /// <summary>Whether all of a prefix belongs to another one.</summary>
    public static bool Holds(Prefix outer, Prefix inner) => outer.Length <= inner.Length && outer.Contains(inner.First);

    /// <summary>Whether a prefix is of addresses that exist outside, and not of a whole family.</summary>
    public static bool IsPublic(Prefix prefix) => prefix.Length > 0 && !Local.Any(local => Holds(local, prefix));
}
