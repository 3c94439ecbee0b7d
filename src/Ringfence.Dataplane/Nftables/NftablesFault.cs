using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>Says what the machine lacks where the kernel refuses nftables as a whole.</summary>
internal static class NftablesFault
{
    private const int NotPermitted = 1;
    private const int NotAllowed = 13;
    private const int Invalid = 22;
    private const int ProtocolNotSupported = 93;
    private const int NotSupported = 95;
    private const int FamilyNotSupported = 97;

    /// <summary>The fault that a refusal of the first, harmless question shows; null where it shows none.</summary>
    public static MachineException? Of(NetlinkException problem) => problem.NativeErrorCode switch
    {
        NotPermitted or NotAllowed => new MachineException(
            "changing nftables needs root (the capability CAP_NET_ADMIN)", "run it as root, for example with: sudo", problem),
        ProtocolNotSupported or FamilyNotSupported => new MachineException(
            "the kernel has no netfilter netlink (CONFIG_NETFILTER_NETLINK)", "load it: sudo modprobe nfnetlink", problem),
        Invalid or NotSupported => new MachineException(
            "the kernel has no nftables (CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET)", "load it: sudo modprobe nf_tables", problem),
        _ => null,
    };

    /// <summary>The fault that the table is somebody else's.</summary>
    public static MachineException Owned(uint port, Exception? inner = null) => new(
        $"another process owns the table inet {NodeRules.Table}{(Name(port) is { } name ? $": {name} (process {port})" : "")}", "stop it first: only one agent can enforce on a node", inner);

    // The first netlink socket of a process has its number as port.
    private static string? Name(uint port)
    {
        try
        {
            return port == 0 ? null : File.ReadAllText($"/proc/{port}/comm").TrimEnd();
        }
        catch (IOException)
        {
            return null;
        }
    }
}
