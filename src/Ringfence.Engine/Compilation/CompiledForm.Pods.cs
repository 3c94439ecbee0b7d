using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

// The pods of each class hang together in a list, so that a pod that moves costs the same however many there are.
internal sealed partial class CompiledForm
{
    // By pod: the pods before and behind it in the list of its class, plus one; 0 for none.
    private (int Before, int Behind)[] _neighbours;

    /// <summary>Whether a pod is in some class.</summary>
    public bool HasClass(int pod) => pod < _classOf.Length && _classOf[pod] >= 0;

    /// <summary>Some pod of a class, from which <see cref="NextPodOf"/> leads to all others; -1 where it has none.</summary>
    public int FirstPodOf(int podClass) => _classes[podClass].FirstPod;

    /// <summary>The pod behind another in the list of their class; -1 behind the last.</summary>
    public int NextPodOf(int pod) => _neighbours[pod].Behind - 1;

    private void Link(int pod, PodClass podClass)
    {
        var first = podClass.FirstPod;
        _neighbours[pod] = (0, first + 1);
        if (first >= 0) _neighbours[first].Before = pod + 1;
        podClass.FirstPod = pod;
    }

    private void Unlink(int pod, PodClass podClass)
    {
        var (before, behind) = _neighbours[pod];
        if (before > 0) _neighbours[before - 1].Behind = behind;
        else podClass.FirstPod = behind - 1;
        if (behind > 0) _neighbours[behind - 1].Before = before;
        _neighbours[pod] = default;
    }
}
