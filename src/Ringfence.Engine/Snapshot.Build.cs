using Ringfence.Model;

namespace Ringfence.Engine;

public sealed partial class Snapshot
{
    private Snapshot(ClusterObjects objects)
    {
        Objects = objects;
        Namespaces = [];
        Pods = [];
    }

    public partial SnapshotNamespace? FindNamespace(string name) => throw new NotSupportedException(Pods.Length + name);

    public partial int FindPod(string @namespace, string name) => throw new NotSupportedException(Pods.Length + name);

    public partial int FindPod(Address address) => throw new NotSupportedException($"{Pods.Length}");
}
