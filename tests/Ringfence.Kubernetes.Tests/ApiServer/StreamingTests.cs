using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Streaming;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>Commands and logs of pods as they go over the wire; what runs the pods is played.</summary>
public sealed class StreamingTests
{
    private const string Path = "/api/v1/namespaces/default/pods/web";

    [Theory]
    [InlineData("v5.channel.k8s.io")]
    [InlineData("v4.channel.k8s.io")]
    [InlineData("v4.base64.channel.k8s.io")]
    public async Task Exec_StreamsComeApart_AndTheStatusHasTheExitCode(string protocol)
    {
        await using var server = await StartAsync(new Played(async (command, streams, gone) =>
        {
            Assert.Equal(["sh", "-c", "a b"], command.Words);
            var input = new byte[5];
            await streams.Input!.ReadExactlyAsync(input, gone);
            await streams.Output!.WriteAsync(input, gone);
            await streams.Errors!.WriteAsync("oops"u8.ToArray(), gone);
            return new CommandEnd(3);
        }));
        using var client = await ConnectAsync(server, $"{Path}/exec?command=sh&command=-c&command=a+b&stdin=true&stdout=true&stderr=true", protocol);
        Assert.Equal(protocol, client.SubProtocol);
        await SendAsync(client, 0, "hello");

        var told = await ReceiveAllAsync(client);

        Assert.Equal("hello", told[1]);
        Assert.Equal("oops", told[2]);
        var status = JsonNode.Parse(told[3])!;
        Assert.Equal(("Failure", "NonZeroExitCode"), ((string)status["status"]!, (string)status["reason"]!));
        Assert.Equal(("ExitCode", "3"), ((string)status["details"]!["causes"]![0]!["reason"]!, (string)status["details"]!["causes"]![0]!["message"]!));
    }

    [Fact]
    public async Task Exec_InputThatIsClosed_HasAnEnd()
    {
        await using var server = await StartAsync(new Played(async (_, streams, gone) =>
        {
            using var reader = new StreamReader(streams.Input!);
            await streams.Output!.WriteAsync(Encoding.UTF8.GetBytes($"<{await reader.ReadToEndAsync(gone)}>"), gone);
            return new CommandEnd(0);
        }));
        using var client = await ConnectAsync(server, $"{Path}/exec?command=cat&stdin=true&stdout=true", "v5.channel.k8s.io");
        await SendAsync(client, 0, "all ");
        await SendAsync(client, 0, "of it");
        await client.SendAsync(new byte[] { 255, 0 }, WebSocketMessageType.Binary, endOfMessage: true, Time);

        var told = await ReceiveAllAsync(client);

        Assert.Equal("<all of it>", told[1]);
        Assert.Equal("Success", (string)JsonNode.Parse(told[3])!["status"]!);
    }

    [Fact]
    public async Task Exec_Terminal_IsToldTheClientsSize()
    {
        await using var server = await StartAsync(new Played(async (command, streams, gone) =>
        {
            var size = await streams.Sizes.ReadAsync(gone);
            await streams.Output!.WriteAsync(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{command.IsTerminal} {streams.Errors is null} {size.Columns}x{size.Rows}")), gone);
            return new CommandEnd(0);
        }));
        using var client = await ConnectAsync(server, $"{Path}/exec?command=sh&stdout=true&stderr=true&tty=true", "v5.channel.k8s.io");
        await SendAsync(client, 4, "nonsense");
        await SendAsync(client, 4, """{"Width":120,"Height":40}""");

        Assert.Equal("True True 120x40", (await ReceiveAllAsync(client))[1]);
    }

    [Fact]
    public async Task Exec_ClientThatGoesAway_EndsTheCommand()
    {
        var (running, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await StartAsync(new Played(async (_, _, gone) =>
        {
            running.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
            throw new OperationCanceledException(gone);
        }));
        using (var client = await ConnectAsync(server, $"{Path}/exec?command=sleep&stdout=true", "v5.channel.k8s.io"))
        {
            await running.Task.WaitAsync(Time);
            client.Abort();
        }

        await ended.Task.WaitAsync(Time);
    }

    // More input than is taken before the command reads some: the connection is not read any more.
    [Fact]
    public async Task Exec_ClientThatGoesAwayWhileItsInputWaits_EndsTheCommand()
    {
        var ended = new TaskCompletionSource();
        await using var server = await StartAsync(new Played(async (_, _, gone) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
            throw new OperationCanceledException(gone);
        }));
        using (var client = await ConnectAsync(server, $"{Path}/exec?command=sleep&stdin=true&stdout=true", "v5.channel.k8s.io"))
        {
            // What is not taken within a second is not taken.
            using var full = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                while (true)
                {
                    full.CancelAfter(TimeSpan.FromSeconds(1));
                    await client.SendAsync(new byte[1 << 20], WebSocketMessageType.Binary, endOfMessage: true, full.Token);
                }
            }).WaitAsync(Time);
            client.Abort();
        }

        // Nobody else may hold a connection from which nothing is read: what waits for its end must not be collected with it.
        var over = Time;
        while (!ended.Task.IsCompleted)
        {
            GC.Collect();
            await Task.WhenAny(ended.Task, Task.Delay(TimeSpan.FromMilliseconds(200), over)).WaitAsync(over);
        }
    }

    [Fact]
    public async Task Exec_ProgramThatIsNotThere_IsToldOnItsErrors()
    {
        await using var server = await StartAsync(new Played((_, _, _) => Task.FromResult(new CommandEnd(127, "exec: \"foo\": executable file not found in $PATH"))));
        using var client = await ConnectAsync(server, $"{Path}/exec?command=foo&stdout=true&stderr=true", "v5.channel.k8s.io");

        var told = await ReceiveAllAsync(client);

        Assert.Equal("exec: \"foo\": executable file not found in $PATH\n", told[2]);
        Assert.Equal("127", (string)JsonNode.Parse(told[3])!["details"]!["causes"]![0]!["message"]!);
    }

    [Theory]
    [InlineData("exec?stdout=true", "websocket", "you must specify at least one command for the container")]
    [InlineData("exec?command=ls", "websocket", "you must specify at least one of stdin, stdout, stderr")]
    [InlineData("exec?command=ls&stdout=true&container=other", "websocket", "container other is not valid for pod web")]
    [InlineData("exec?command=ls&stdout=true", "SPDY/3.1", "SPDY is not spoken here")]
    [InlineData("exec?command=ls&stdout=true", null, "Upgrade request required")]
    [InlineData("portforward", "websocket", "portforward is not supported here")]
    [InlineData("portforward?ports=80", "websocket", "portforward is not supported here")]
    [InlineData("log?tailLines=-1", null, "tailLines: '-1' is not a number")]
    [InlineData("log?sinceTime=yesterday", null, "sinceTime: 'yesterday' is not a time")]
    [InlineData("log?previous=true", null, "previous terminated container \"main\" in pod \"web\" not found")]
    public async Task WrongRequest_IsRefusedWithAStatus(string request, string? upgrade, string message)
    {
        await using var server = await StartAsync(new Played((_, _, _) => Task.FromResult(new CommandEnd(0))));
        using var client = server.Client(server.Server.IssueToken("admin", User.Masters));
        using var asked = new HttpRequestMessage(HttpMethod.Get, $"{Path}/{request}") { Version = HttpVersion.Version11 };
        if (upgrade is not null)
        {
            asked.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            asked.Headers.TryAddWithoutValidation("Upgrade", upgrade);
        }

        using var answer = await client.SendAsync(asked, Time);

        var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Time))!;
        Assert.True((int)answer.StatusCode is 400 or 501, $"{answer.StatusCode}");
        Assert.Equal("Failure", (string)status["status"]!);
        Assert.Contains(message, (string)status["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_OtherProtocols_AreRefusedWithThoseThatAreSpoken()
    {
        await using var server = await StartAsync(new Played((_, _, _) => Task.FromResult(new CommandEnd(0))));
        using var client = server.Client(server.Server.IssueToken("admin", User.Masters));
        using var asked = new HttpRequestMessage(HttpMethod.Get, $"{Path}/exec?command=ls&stdout=true") { Version = HttpVersion.Version11 };
        foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16])), ("Sec-WebSocket-Protocol", "v1.other, channel.k8s.io") })
            asked.Headers.TryAddWithoutValidation(name, value);

        using var answer = await client.SendAsync(asked, Time);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("client supports [v1.other channel.k8s.io]", await answer.Content.ReadAsStringAsync(Time), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_HasTimesAndALimit_WhereAskedFor()
    {
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await using var server = await StartAsync(new Played((_, _, _) => Task.FromResult(new CommandEnd(0))) { Lines = [new(time, "one"), new(time, "two")] });
        using var client = server.Client(server.Server.IssueToken("admin", User.Masters));

        Assert.Equal("one\ntwo\n", await client.GetStringAsync($"{Path}/log", Time));
        Assert.Equal("2026-01-02T03:04:05.000000000Z one\n2026-01-02T03:04:05.000000000Z two\n", await client.GetStringAsync($"{Path}/log?timestamps=true", Time));
        Assert.Equal("one\nt", await client.GetStringAsync($"{Path}/log?limitBytes=5", Time));
    }

    private static CancellationToken Time => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private static async Task<TestServer> StartAsync(IPodRuntime runtime)
    {
        var server = await TestServer.StartAsync((options, _) => options with { Runtime = runtime });
        server.Api.Create(ResourceCatalog.OfKind("v1", "Pod")!, (JsonObject)JsonNode.Parse("""
            {"metadata":{"name":"web","namespace":"default"},"spec":{"nodeName":"node-1","containers":[{"name":"main","image":"none"}]}}
            """)!);
        return server;
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestServer server, string path, string protocol)
    {
        var client = new ClientWebSocket();
        client.Options.AddSubProtocol(protocol);
        client.Options.SetRequestHeader("Authorization", $"Bearer {server.Server.IssueToken("admin", User.Masters)}");
#pragma warning disable CA5359 // The server's certificate is not what is tested.
        client.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        await client.ConnectAsync(new Uri(server.Server.Address.Replace("https", "wss", StringComparison.Ordinal) + path), Time);
        return client;
    }

    private static Task SendAsync(ClientWebSocket client, byte channel, string text) => client.SubProtocol!.Contains("base64", StringComparison.Ordinal)
        ? client.SendAsync(Encoding.ASCII.GetBytes($"{channel}{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}"), WebSocketMessageType.Text, true, Time)
        : client.SendAsync((byte[])[channel, .. Encoding.UTF8.GetBytes(text)], WebSocketMessageType.Binary, true, Time);

    /// <summary>What comes on each channel until the server closes.</summary>
    private static async Task<Dictionary<int, string>> ReceiveAllAsync(ClientWebSocket client)
    {
        var told = new Dictionary<int, string>();
        var buffer = new byte[1 << 16];
        var length = 0;
        while (true)
        {
            var received = await client.ReceiveAsync(buffer.AsMemory(length), Time);
            if (received.MessageType == WebSocketMessageType.Close) break;
            length += received.Count;
            if (!received.EndOfMessage) continue;
            var isText = received.MessageType == WebSocketMessageType.Text;
            var channel = isText ? buffer[0] - '0' : buffer[0];
            told[channel] = told.GetValueOrDefault(channel) + Encoding.UTF8.GetString(isText ? Convert.FromBase64String(Encoding.ASCII.GetString(buffer, 1, length - 1)) : buffer[1..length]);
            length = 0;
        }

        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Time);
        return told;
    }

    private sealed class Played(Func<CommandRequest, CommandStreams, CancellationToken, Task<CommandEnd>> run) : IPodRuntime
    {
        public LogLine[] Lines { get; init; } = [];

        public Task<CommandEnd> ExecuteAsync(CommandRequest command, CommandStreams streams, CancellationToken gone) => run(command, streams, gone);

        public Task<CommandEnd> AttachAsync(AttachRequest request, CommandStreams streams, CancellationToken gone) =>
            run(new CommandRequest(request.Namespace, request.Pod, request.Container, ["attached"], IsTerminal: false), streams, gone);

        public IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellation) => Lines.ToAsyncEnumerable();
    }
}
