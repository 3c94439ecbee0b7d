namespace Ringfence.Lab;

/// <summary>The families of a lab's addresses.</summary>
public enum LabFamilies
{
    /// <summary>IPv4.</summary>
    V4,

    /// <summary>IPv6.</summary>
    V6,

    /// <summary>Both; every pod has an address of each.</summary>
    Dual,
}

/// <summary>What a lab is like.</summary>
public sealed record LabOptions
{
    /// <summary>The most nodes that a lab can have.</summary>
    public const int MostNodes = 50;

    /// <summary>Its name, a DNS label.</summary>
    public string Name { get; init; } = "default";

    /// <summary>Number of nodes, 1 to <see cref="MostNodes"/>, where the input names none.</summary>
    public int Nodes { get; init; } = 2;

    /// <summary>The families.</summary>
    public LabFamilies Families { get; init; } = LabFamilies.V4;

    /// <summary>The most pods that one Deployment, StatefulSet and the like gets, at least 1: policies cannot tell replicas apart.</summary>
    public int MostReplicas { get; init; } = 3;

    /// <summary>Whether policies are enforced at all.</summary>
    public bool Enforce { get; init; } = true;

    /// <summary>Whether established flows that a change denies are cut.</summary>
    public bool Revoke { get; init; } = true;

    /// <summary>Whether allowed connections are logged too.</summary>
    public bool LogAllowed { get; init; }

    /// <summary>The port of the lab's API server on this machine; 0 for any that is free.</summary>
    public int ApiPort { get; init; }
}
