using System.Runtime.InteropServices;

namespace Ringfence.Lab.Execution;

/// <summary>Strings as C has them: an array of pointers that ends with null.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;

    /// <summary>Copies the strings.</summary>
    public NativeStrings(IEnumerable<string> strings)
    {
        var all = strings.ToArray();
        _count = all.Length;
        All = (byte**)NativeMemory.AllocZeroed((nuint)(all.Length + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < all.Length; i++) All[i] = (byte*)Marshal.StringToCoTaskMemUTF8(all[i]);
    }

    /// <summary>The array.</summary>
    public byte** All { get; }

    /// <summary>The first string.</summary>
    public byte* First => All[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var i = 0; i < _count; i++) Marshal.FreeCoTaskMem((nint)All[i]);
        NativeMemory.Free(All);
    }
}
