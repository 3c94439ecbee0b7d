using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Questions;

/// <summary>One end of a flow: a pod, an address, or a range of addresses that policies do not tell apart.</summary>
/// <param name="Name">How answers call it.</param>
/// <param name="Party">The end as the engine knows it; one address of a range.</param>
/// <param name="Range">The range; null for one pod or address.</param>
public sealed record FlowEnd(string Name, Party Party, AddressRange? Range = null);

/// <summary>Where a question's destination leads.</summary>
/// <param name="End">The destination itself.</param>
/// <param name="Protocol">The protocol; null where every connection is asked about.</param>
/// <param name="Port">The port there; 0 where every connection is asked about.</param>
public sealed record FlowTarget(FlowEnd End, Protocol? Protocol, int Port)
{
    /// <summary>How answers call it: <c>name:port/protocol</c>.</summary>
    public string Name => Protocol is { } protocol ? $"{Shown}:{Port}/{protocol.ToText()}" : End.Name;

    private string Shown => End.Name.Contains(':') ? $"[{End.Name}]" : End.Name;
}

/// <summary>One flow to judge.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Target">Where it ends.</param>
/// <param name="AmongReplicas">Whether source and destination are different pods of one workload that the input shows as one.</param>
public sealed record Flow(FlowEnd Source, FlowTarget Target, bool AmongReplicas);
