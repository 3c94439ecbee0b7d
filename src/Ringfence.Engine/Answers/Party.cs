using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>One end of a connection: a pod of the snapshot, or an address that is no pod's.</summary>
public readonly record struct Party
{
    private readonly int _pod;

    private Party(int pod, Address address) => (_pod, Address) = (pod, address);

    /// <summary>The pod's number in the snapshot, or -1.</summary>
    public int Pod => _pod - 1;

    /// <summary>True for a pod.</summary>
    public bool IsPod => _pod > 0;

    /// <summary>The address, where the party is no pod.</summary>
    public Address Address { get; }

    /// <summary>The pod with this number.</summary>
    public static Party OfPod(int pod) => new(pod + 1, default);

    /// <summary>An address outside the cluster, or a node's.</summary>
    public static Party OfAddress(Address address) => new(0, address);
}
