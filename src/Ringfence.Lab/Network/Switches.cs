namespace Ringfence.Lab.Network;

/// <summary>What is switched in the namespaces of a lab (<c>/proc/sys/net</c>).</summary>
/// <remarks>https://docs.kernel.org/networking/ip-sysctl.html</remarks>
internal static class Switches
{
    /// <summary>Everywhere: addresses are only those that are given, and "nobody listens" is always told, however often.</summary>
    public static readonly (string Name, string Value)[] Everywhere =
    [
        ("ipv4/icmp_ratemask", "0"),
        ("ipv6/icmp/ratelimit", "0"),
        ("ipv6/icmp/ratemask", "255"),
        ("ipv6/conf/default/disable_ipv6", "0"),
        ("ipv6/conf/default/addr_gen_mode", "1"),
        ("ipv6/conf/default/accept_ra", "0"),
        ("ipv6/conf/default/accept_dad", "0"),
    ];

    /// <summary>Where packets are sent on. Sources are checked by policy alone, not by routes.</summary>
    public static readonly (string Name, string Value)[] Router =
    [
        .. Everywhere,
        ("ipv4/conf/all/rp_filter", "0"),
        ("ipv4/conf/default/rp_filter", "0"),
        ("ipv4/conf/all/send_redirects", "0"),
        ("ipv4/conf/default/send_redirects", "0"),
        ("ipv4/ip_forward", "1"),
        ("ipv6/conf/all/forwarding", "1"),
    ];
}
