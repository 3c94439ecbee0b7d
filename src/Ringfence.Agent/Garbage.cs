namespace Ringfence.Agent;

/// <summary>
/// Keeps the memory of a process small that lives long and changes little at a time: the collector alone would wait until as much again is garbage. One
/// thread at a time.
/// </summary>
internal sealed class Garbage
{
    // What commits make is garbage soon: what one makes the next few replace, and only older collections would keep it.
    private const long Young = 2 << 20;

    // What some two hundred commits allocate. Collecting everything takes a tenth of a second, on a busy machine more, for which an event may have to wait.
    private const long Much = 64 << 20;

    private long _atYoung;
    private long _atAll;

    /// <summary>Whether so much was allocated since everything was collected that it pays to do so again, at a moment when nothing else is to be done.</summary>
    public bool IsMuch => Allocated - _atAll >= Much;

    private static long Allocated => GC.GetTotalAllocatedBytes(precise: false);

    /// <summary>Collects what was made lately, where there is enough of it; takes about a millisecond.</summary>
    public void CollectYoung()
    {
        if (Allocated - _atYoung < Young) return;
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        _atYoung = Allocated;
    }

    /// <summary>Collects everything, and gives the memory back to the machine.</summary>
    public void CollectAll()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _atYoung = _atAll = Allocated;
    }
}
