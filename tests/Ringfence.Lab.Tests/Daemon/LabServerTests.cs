using System.Net.Sockets;
using System.Text;
using Ringfence.Lab.Daemon;
using Xunit;

namespace Ringfence.Lab.Tests.Daemon;

/// <summary>The control socket: whatever comes, it answers, and the next is answered too.</summary>
public sealed class LabServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-").FullName;
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Cancel();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("\n")]
    [InlineData("null\n")]
    [InlineData("{\"verb\": \"fly\"}\n")]
    [InlineData("{\"verb\": \"exec\", \"namespace\": 7}\n")]
    [InlineData("{\"verb\": \"up\", \"options\": {\"families\": \"V9\"}}\n")]
    [InlineData("[[[[[[[[\n")]
    [InlineData("\0\u0001\n")]
    public async Task Garbage_IsRefused_AndTheNextRequestAnswered(string garbage)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: the socket answers root alone");
        var path = Serve();
        Assert.Contains("\"answer\":\"error\"", await Ask(path, garbage), StringComparison.Ordinal);
        Assert.Contains("\"answer\":\"done\"", await Ask(path, "{\"verb\": \"status\"}\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnfinishedRequest_IsDropped()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: the socket answers root alone");
        var path = Serve();
        Assert.Equal("", await Ask(path, "{\"verb\": \"sta"));
        Assert.Contains("\"answer\":\"done\"", await Ask(path, "{\"verb\": \"status\"}\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailureOfAnAnswer_IsTold_AndTheNextRequestAnswered()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: the socket answers root alone");
        var path = Serve();
        Assert.Contains("it broke", await Ask(path, "{\"verb\": \"down\"}\n"), StringComparison.Ordinal);
        Assert.Contains("\"answer\":\"done\"", await Ask(path, "{\"verb\": \"status\"}\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Socket_IsRootsAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Linux");
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Serve()));
    }

    private string Serve()
    {
        var path = Path.Join(_folder, "control");
        var server = new LabServer(path, _ => { });
        _ = server.RunAsync(AnswerAsync, _stop.Token);
        return path;
    }

    private static async Task AnswerAsync(LabRequest request, LineChannel channel, CancellationToken cancellation)
    {
        if (request is DownRequest) throw new InvalidOperationException("it broke");
        await channel.SendAsync(new DoneReply(), cancellation);
    }

    private static async Task<string> Ask(string path, string text)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var cancellation = TestContext.Current.CancellationToken;
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), cancellation);
        socket.Shutdown(SocketShutdown.Send);
        var reply = new MemoryStream();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, cancellation) is > 0 and var count) reply.Write(buffer.AsSpan(0, count));
        return Encoding.UTF8.GetString(reply.ToArray());
    }
}
