using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Exposure;

/// <summary>
/// What a workload's own policies let it accept from, or send to, pods that need not exist yet. A pod that fits several lines of a
/// workload gets what they give together.
/// </summary>
/// <param name="Workload">The workload.</param>
/// <param name="Direction">Ingress where the workload is the destination, egress where it is the source.</param>
/// <param name="Peer">Who is, or would be, at the other end.</param>
/// <param name="Ports">What is open, that of wider lines included.</param>
/// <param name="IsProtected">False where no policy isolates the workload in this direction: then everything is open to the entire cluster.</param>
/// <param name="PodsNow">How many pods of the input are such peers already; null where the input does not decide it.</param>
public sealed record ExposureLine(
    ViewEntry Workload, Direction Direction, HypotheticalPods Peer, PortTerms Ports, bool IsProtected, int? PodsNow)
{
    /// <summary>The source's name.</summary>
    public string Source => Direction == Direction.Ingress ? Peer.ToString() : Workload.Name;

    /// <summary>The destination's name.</summary>
    public string Destination => Direction == Direction.Ingress ? Workload.Name : Peer.ToString();
}
