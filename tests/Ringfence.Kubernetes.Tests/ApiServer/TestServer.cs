using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Authentication;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>A server on a port of its own, and an HTTPS client of it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly HttpClient _client;

    private TestServer(TempFolder folder, EmbeddedApiServer server)
    {
        (_folder, Server) = (folder, server);
        _client = Client(server.IssueToken("admin", User.Masters));
        KubeConfig = folder.File("kubeconfig");
        KubeConfigWriter.Write(KubeConfig, "test", server.Address, server.CaPem, server.IssueToken("admin", User.Masters));
    }

    public EmbeddedApiServer Server { get; }

    public IObjectApi Api => Server.Api;

    public string KubeConfig { get; }

    public TempFolder Folder => _folder;

    public static async Task<TestServer> StartAsync(Func<EmbeddedApiServerOptions, TempFolder, EmbeddedApiServerOptions>? change = null)
    {
        var own = new TempFolder();
        var options = new EmbeddedApiServerOptions { DataFolder = own.File("data"), Controllers = null };
        try
        {
            return new TestServer(own, await EmbeddedApiServer.StartAsync(change?.Invoke(options, own) ?? options, TestContext.Current.CancellationToken));
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <summary>A client that trusts the server's authority alone.</summary>
    public HttpClient Client(string? token = null, X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509Certificate2.CreateFromPem(Server.CaPem) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
                ClientCertificates = certificate is null ? null : [certificate],
            },
        };
        var made = new HttpClient(handler) { BaseAddress = new Uri(Server.Address) };
        if (token is not null) made.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return made;
    }

    public Task<(int Code, JsonObject Body)> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, null, accept: accept);

    public Task<(int Code, JsonObject Body)> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, json);

    public async Task<(int Code, JsonObject Body)> SendAsync(HttpMethod method, string path, string? body, string type = "application/json", string? accept = null)
    {
        using var answer = await SendRawAsync(method, path, body, type, accept);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject());
    }

    public async Task<HttpResponseMessage> SendRawAsync(HttpMethod method, string path, string? body, string type = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Follows a watch.</summary>
    public async Task<WatchLines> WatchAsync(string path, string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new WatchLines(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>The events of a watch.</summary>
internal sealed class WatchLines(HttpResponseMessage answer, StreamReader reader) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The next event; null at the end.</summary>
    public async Task<(string Type, JsonObject Object)?> NextAsync()
    {
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        if (line is null) return null;
        var told = JsonNode.Parse(line)!.AsObject();
        return ((string)told["type"]!, told["object"]!.AsObject());
    }

    /// <summary>The next events in short: <c>TYPE name</c>.</summary>
    public async Task<List<string>> NextAsync(int count)
    {
        var told = new List<string>();
        while (told.Count < count && await NextAsync() is var (type, value)) told.Add($"{type} {(string?)value["metadata"]?["name"]}");
        return told;
    }

    public void Dispose()
    {
        reader.Dispose();
        answer.Dispose();
    }
}
