namespace Ringfence.Lab.Network;

/// <summary>What is switched in the namespaces of a lab (<c>/proc/sys/net</c>).</summary>
/// <remarks>https://docs.kernel.org/networking/ip-sysctl.html</remarks>
internal static class Switches
{
    /// <summary>
    /// Everywhere: addresses and routes are only those that are given, and "nobody listens" is always told, however often. A new namespace may
    /// have the machine's values (<c>net.core.devconf_inherit_init_net</c>), so those are written too that are the kernel's own defaults.
    /// </summary>
    public static readonly (string Name, string Value)[] Everywhere =
    [
        ("ipv4/icmp_ratemask", "0"),
        ("ipv6/icmp/ratelimit", "0"),
        ("ipv6/icmp/ratemask", "255"),
        .. Both("ipv6", "disable_ipv6", "0"),
        ("ipv6/conf/default/addr_gen_mode", "1"),
        .. Both("ipv4", "route_localnet", "0"),
        .. Both("ipv4", "proxy_arp", "0"),
        .. Both("ipv4", "arp_ignore", "0"),
        .. Both("ipv4", "arp_announce", "0"),
        .. Both("ipv4", "arp_filter", "0"),
        .. Both("ipv4", "accept_local", "0"),
        .. Both("ipv4", "accept_source_route", "0"),
        .. Both("ipv4", "accept_redirects", "0"),
        .. Both("ipv4", "send_redirects", "0"),
        .. Both("ipv4", "rp_filter", "0"),
        .. Both("ipv6", "proxy_ndp", "0"),
        .. Both("ipv6", "accept_source_route", "0"),
        .. Both("ipv6", "accept_redirects", "0"),
        .. Both("ipv6", "accept_ra", "0"),
        .. Both("ipv6", "accept_dad", "0"),
    ];

    /// <summary>Where packets are sent on. Sources are checked by policy alone, not by routes.</summary>
    public static readonly (string Name, string Value)[] Router =
    [
        .. Everywhere,
        ("ipv4/ip_forward", "1"),
        ("ipv6/conf/all/forwarding", "1"),
    ];

    // What holds for interfaces that are there, and for those to come.
    private static (string Name, string Value)[] Both(string family, string name, string value) =>
        [($"{family}/conf/all/{name}", value), ($"{family}/conf/default/{name}", value)];
}
