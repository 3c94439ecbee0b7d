using System.Numerics;
using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>The addresses of all pods, so that those inside a block are found with one pass over plain numbers.</summary>
internal sealed class PodAddresses
{
    // By pod: its first IPv4 address; 0 for none, which no pod can have.
    private uint[] _v4;

    // Everything else: IPv6, and second addresses of one family.
    private readonly Dictionary<int, List<Address>> _others = [];

    public PodAddresses(IReadOnlyList<Pod?> pods)
    {
        _v4 = new uint[pods.Count];
        for (var i = 0; i < pods.Count; i++) Set(i, pods[i]);
    }

    /// <summary>Takes over what a pod's addresses are now.</summary>
    public void Set(int pod, Pod? value)
    {
        if (pod >= _v4.Length) Array.Resize(ref _v4, CompiledForm.Grown(pod));
        _v4[pod] = 0;
        if (_others.Count > 0) _others.Remove(pod);
        if (value is null) return;
        foreach (var address in CompiledForm.AddressesOf(value))
        {
            if (address.Family == IpFamily.V4 && _v4[pod] == 0)
            {
                _v4[pod] = (uint)address.Value;
                continue;
            }

            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_others, pod, out _);
            (list ??= []).Add(address);
        }
    }

    /// <summary>The pods with an address in the block.</summary>
    public List<int> Inside(IpBlock block)
    {
        var found = new List<int>();
        if (block.Cidr.Family == IpFamily.V4) ScanV4(block, found);
        foreach (var (pod, addresses) in _others)
            if (addresses.Any(block.Contains) && !found.Contains(pod)) found.Add(pod);
        return found;
    }

    private void ScanV4(IpBlock block, List<int> found)
    {
        // 0.0.0.0/32: no pod's, and below it the numbers would wrap.
        if (block.Cidr.Last.Value == 0) return;
        var first = Math.Max(1, (uint)block.Cidr.First.Value);
        var span = (uint)block.Cidr.Last.Value - first;
        var i = 0;
        var low = new Vector<uint>(first);
        var width = new Vector<uint>(span);
        for (; i <= _v4.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            // Subtraction wraps, so one comparison tests both ends.
            if (!Vector.LessThanOrEqualAny(new Vector<uint>(_v4, i) - low, width)) continue;
            for (var j = i; j < i + Vector<uint>.Count; j++) Check(j);
        }

        for (; i < _v4.Length; i++) Check(i);

        void Check(int pod)
        {
            if (unchecked(_v4[pod] - first) <= span && block.Contains(new Address(IpFamily.V4, _v4[pod]))) found.Add(pod);
        }
    }
}
