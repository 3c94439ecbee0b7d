using System.Net;
using System.Net.Http.Headers;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.Client.Access;
using Ringfence.Kubernetes.Client.Transport;

namespace Ringfence.Kubernetes.Client;

/// <summary>
/// Asks an API server. Refusals are <see cref="ApiException"/>, a server that cannot be talked to is a <see cref="ClusterException"/>. Safe for several
/// threads. Writes nothing anywhere: no secret can get into a log from here.
/// </summary>
public sealed partial class ApiClient : IDisposable
{
    private const int MostErrorBytes = 256 << 10;
    private const string Json = "application/json";

    private readonly ApiClientOptions _options;
    private readonly ServerTrust _trust;
    private readonly Lock _lock = new();
    private HttpMessageInvoker _invoker;
    private ClientIdentity? _identity;

    /// <summary>Makes a client; nothing is asked yet.</summary>
    /// <param name="access">How to reach the server, and as whom.</param>
    /// <param name="options">How to ask.</param>
    public ApiClient(ClusterAccess access, ApiClientOptions? options = null)
    {
        Access = access;
        _options = options ?? new ApiClientOptions();
        _trust = new ServerTrust(access.Authorities);
        _identity = access.Identity;
        _invoker = Invoker(_identity);
    }

    /// <summary>How the server is reached.</summary>
    public ClusterAccess Access { get; }

    internal ApiClientOptions Options => _options;

    /// <summary>Asks for anything that is no object: <c>version</c>, <c>readyz</c>, a discovery document.</summary>
    /// <param name="path">The path, relative to the server's address.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<byte[]> GetAsync(string path, CancellationToken cancellation) => BytesAsync(HttpMethod.Get, path, null, null, cancellation);

    /// <summary>Finds an object.</summary>
    /// <returns>It as JSON; null where there is none.</returns>
    public async Task<byte[]?> FindAsync(ResourceType type, string @namespace, string name, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync(ApiPath.OfObject(type, @namespace, name), cancellation);
        }
        catch (ApiException problem) when (problem.Code == 404)
        {
            return null;
        }
    }

    /// <summary>Adds an object.</summary>
    /// <returns>It as the server has it now.</returns>
    public Task<byte[]> CreateAsync(ResourceType type, string @namespace, ReadOnlyMemory<byte> json, CancellationToken cancellation) =>
        BytesAsync(HttpMethod.Post, ApiPath.OfKind(type, @namespace), json, Json, cancellation);

    /// <summary>Writes an object whole, or a part of it such as <c>status</c>.</summary>
    /// <returns>It as the server has it now.</returns>
    public Task<byte[]> ReplaceAsync(ResourceType type, string @namespace, string name, ReadOnlyMemory<byte> json, string? subresource, CancellationToken cancellation) =>
        BytesAsync(HttpMethod.Put, ApiPath.OfObject(type, @namespace, name, subresource), json, Json, cancellation);

    /// <summary>Changes an object, or a part of it such as <c>status</c>.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">Its namespace; empty for a kind without.</param>
    /// <param name="name">Its name.</param>
    /// <param name="patch">The change.</param>
    /// <param name="form">What kind of change it is: <c>application/merge-patch+json</c>, <c>application/strategic-merge-patch+json</c> or <c>application/json-patch+json</c>.</param>
    /// <param name="subresource">The part; null for the object.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>It as the server has it now.</returns>
    public Task<byte[]> PatchAsync(
        ResourceType type, string @namespace, string name, ReadOnlyMemory<byte> patch, string form, string? subresource, CancellationToken cancellation) =>
        BytesAsync(HttpMethod.Patch, ApiPath.OfObject(type, @namespace, name, subresource), patch, form, cancellation);

    /// <summary>Deletes an object.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">Its namespace; empty for a kind without.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options"><c>DeleteOptions</c> as JSON; null for the usual ones.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What the server says: the object, or a <c>Status</c>.</returns>
    public Task<byte[]> DeleteAsync(ResourceType type, string @namespace, string name, ReadOnlyMemory<byte>? options, CancellationToken cancellation) =>
        BytesAsync(HttpMethod.Delete, ApiPath.OfObject(type, @namespace, name), options, Json, cancellation);

    /// <summary>Whether the server serves a kind, in that version.</summary>
    public async Task<bool> ServesAsync(ResourceType type, CancellationToken cancellation)
    {
        try
        {
            var document = await GetAsync(ApiPath.OfVersion(type), cancellation);
            using var json = System.Text.Json.JsonDocument.Parse(document);
            return json.RootElement.TryGetProperty("resources", out var resources) && resources.ValueKind == System.Text.Json.JsonValueKind.Array
                && resources.EnumerateArray().Any(resource => resource.TryGetProperty("name", out var name) && name.ValueEquals(type.Plural));
        }
        catch (ApiException problem) when (problem.Code == 404)
        {
            return false;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private async Task<byte[]> BytesAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body, string? form, CancellationToken cancellation)
    {
        using var answer = await SendAsync(method, path, body, form, _options.Patience, cancellation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.Patience);
        try
        {
            return await answer.Content.ReadAsByteArrayAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw ServerProblem.Silent(Access, _options.Patience);
        }
        catch (HttpRequestException problem)
        {
            throw ServerProblem.Describe(Access, _trust, problem);
        }
    }

    /// <summary>Sends a request until it is answered with success: again with new credentials, and when the server says later.</summary>
    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body, string? form, TimeSpan patience, CancellationToken cancellation)
    {
        var renewed = false;
        var version = Access.Impersonation?.HasRepeats == true ? HttpVersion.Version11 : HttpVersion.Version20;
        for (var attempt = 0; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, new Uri(Access.Server, path)) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
            if (body is { } content)
            {
                request.Content = new ReadOnlyMemoryContent(content);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(form!);
            }

            var header = await Access.Credential.HeaderAsync(cancellation);
            request.Headers.Authorization = header;
            Describe(request);
            var answer = await SendOnceAsync(request, patience, cancellation);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer)
            {
                var problem = StatusBody.Read((int)answer.StatusCode, await ErrorBodyAsync(answer, cancellation));
                if (problem.Code == 401 && !renewed && Access.Credential.Renew(header))
                {
                    renewed = true;
                    continue;
                }

                if (attempt >= _options.MostRetries || Wait(answer, problem) is not { } wait) throw problem;
                await Task.Delay(wait, _options.Time, cancellation);
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            return await Current().SendAsync(request, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw ServerProblem.Silent(Access, patience);
        }
        catch (HttpRequestException problem)
        {
            throw ServerProblem.Describe(Access, _trust, problem);
        }
    }

    private void Describe(HttpRequestMessage request)
    {
        var headers = request.Headers;
        headers.Accept.Add(new MediaTypeWithQualityHeaderValue(Json));
        headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        if (Access.TlsServerName is { } name) headers.Host = name;
        if (Access.Impersonation is not { } other) return;
        headers.TryAddWithoutValidation("Impersonate-User", other.User);
        if (other.Uid is { } uid) headers.TryAddWithoutValidation("Impersonate-Uid", uid);
        if (other.Groups.Count > 0) RepeatedHeader.Add(headers, "Impersonate-Group", other.Groups);
        foreach (var extra in other.Extra.GroupBy(pair => Uri.EscapeDataString(pair.Key), pair => pair.Value, StringComparer.OrdinalIgnoreCase))
            RepeatedHeader.Add(headers, $"Impersonate-Extra-{extra.Key}", extra);
    }

    // Only what the server itself says to ask again is asked again: it has done nothing yet.
    private TimeSpan? Wait(HttpResponseMessage answer, ApiException problem)
    {
        if (problem.Code is not (429 or 503)) return null;
        var wait = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _options.Time.GetUtcNow(),
            _ => problem.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null,
        };
        if (wait is not { } time) return null;
        return time < TimeSpan.Zero ? TimeSpan.Zero : time > _options.LongestWait ? _options.LongestWait : time;
    }

    private async Task<ReadOnlyMemory<byte>> ErrorBodyAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.Patience);
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
            var body = new byte[MostErrorBytes];
            return body.AsMemory(0, await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, limit.Token));
        }
        catch (Exception problem) when (problem is IOException or HttpRequestException || (problem is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return default;
        }
    }

    // A plugin may give another certificate than before: connections are made anew with it.
    private HttpMessageInvoker Current()
    {
        lock (_lock)
        {
            var identity = Access.Credential.Identity ?? Access.Identity;
            if (ReferenceEquals(identity, _identity)) return _invoker;
            _identity = identity;
            return _invoker = Invoker(identity);
        }
    }

    private HttpMessageInvoker Invoker(ClientIdentity? identity) => new(ServerHandler.Create(Access, _trust, identity), disposeHandler: true);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _invoker.Dispose();
}
