using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace Ringfence.Bench.Api;

/// <summary>The objects of one kind, as the bytes that a server sends, and those who watch them. Safe for several threads.</summary>
/// <param name="kind">The kind.</param>
/// <param name="apiVersion">Its version.</param>
/// <param name="objects">Its objects.</param>
/// <param name="isFinished">Whether an object is a pod that has finished, which some do not ask for; null where none is.</param>
internal sealed class ServedKind(string kind, string apiVersion, byte[][] objects, Func<int, bool>? isFinished = null)
{
    private readonly Lock _lock = new();
    private readonly List<Channel<byte[]>> _watching = [];

    public string Kind => kind;

    public int Count => objects.Length;

    public long Bytes => objects.Sum(item => (long)item.Length);

    public bool IsFinished(int index) => isFinished?.Invoke(index) == true;

    /// <summary>An object, as it is now.</summary>
    public byte[] this[int index] => Volatile.Read(ref objects[index]);

    public byte[] Head(long version, string? next) => Encoding.UTF8.GetBytes(
        $"{{\"kind\":\"{kind}List\",\"apiVersion\":\"{apiVersion}\",\"metadata\":{{\"resourceVersion\":\"{version}\"{(next is null ? "" : $",\"continue\":\"{next}\"")}}},\"items\":[");

    public byte[] Bookmark(long version, bool endsInitialEvents) => Encoding.UTF8.GetBytes(
        $"{{\"type\":\"BOOKMARK\",\"object\":{{\"kind\":\"{kind}\",\"apiVersion\":\"{apiVersion}\",\"metadata\":{{\"resourceVersion\":\"{version}\"{(endsInitialEvents ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "")}}}}}}}\n");

    /// <summary>Begins to watch: gets every change from now on.</summary>
    public Channel<byte[]> Watch()
    {
        var channel = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock) _watching.Add(channel);
        return channel;
    }

    public void Leave(Channel<byte[]> channel)
    {
        lock (_lock) _watching.Remove(channel);
    }

    /// <summary>Changes an object, and tells those who watch.</summary>
    public void Change(int index, byte[] json, long version)
    {
        lock (_lock)
        {
            var item = WithVersion(json, version);
            Volatile.Write(ref objects[index], item);
            byte[] frame = [.. "{\"type\":\"MODIFIED\",\"object\":"u8, .. item, .. "}\n"u8];
            foreach (var channel in _watching) channel.Writer.TryWrite(frame);
        }
    }

    private static byte[] WithVersion(byte[] json, long version)
    {
        var mark = "\"resourceVersion\":\""u8;
        var start = json.AsSpan().IndexOf(mark) + mark.Length;
        var end = start + json.AsSpan(start).IndexOf((byte)'"');
        return [.. json.AsSpan(0, start), .. Encoding.ASCII.GetBytes(version.ToString(CultureInfo.InvariantCulture)), .. json.AsSpan(end)];
    }
}
