using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ringfence.Bench.Api;

/// <summary>
/// An API server of bytes that are ready: lists in pages, watches with bookmarks, and with all objects first where that is offered, over TLS. It keeps no
/// history: a watch begins with what happens from then on. <c>POST /bench/pods/N</c> and <c>/bench/policies/N</c> change N objects, spread over all.
/// </summary>
internal sealed class SyntheticApi : IAsyncDisposable
{
    private readonly SyntheticCluster _cluster;
    private readonly bool _streams;
    private readonly WebApplication _web;
    private readonly string _authority;
    private int _podsChanged;
    private int _policiesChanged;

    private SyntheticApi(SyntheticCluster cluster, bool streams)
    {
        (_cluster, _streams) = (cluster, streams);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=synthetic", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        _authority = own.ExportCertificatePem();
        var certificate = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(certificate);
        }));
        _web = builder.Build();
        _web.Run(AnswerAsync);
    }

    public static async Task<SyntheticApi> StartAsync(SyntheticCluster cluster, bool streams)
    {
        var api = new SyntheticApi(cluster, streams);
        await api._web.StartAsync();
        return api;
    }

    public string Address => _web.Urls.First();

    /// <summary>Writes a kubeconfig of it.</summary>
    public void WriteKubeconfig(string path) => File.WriteAllText(path, $$$"""
        current-context: synthetic
        clusters: [{name: synthetic, cluster: {server: "{{{Address}}}", certificate-authority-data: {{{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_authority))}}} }}]
        users: [{name: bench, user: {token: bench}}]
        contexts: [{name: synthetic, context: {cluster: synthetic, user: bench}}]
        """);

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.StartsWith("/bench/", StringComparison.Ordinal)) await ChangeAsync(context, path.Split('/'));
        else if (Find(path) is not { } kind) await StatusAsync(context, 404, "NotFound", "the server could not find the requested resource");
        else if (context.Request.Query["watch"].Count > 0) await WatchAsync(context, kind);
        else await ListAsync(context, kind);
    }

    private ServedKind? Find(string path) => path switch
    {
        "/api/v1/pods" => _cluster.Pods,
        "/api/v1/namespaces" => _cluster.Namespaces,
        "/api/v1/nodes" => _cluster.Nodes,
        "/apis/networking.k8s.io/v1/networkpolicies" => _cluster.Policies,
        _ => null,
    };

    private async Task ListAsync(HttpContext context, ServedKind kind)
    {
        var limit = context.Request.Query["limit"].FirstOrDefault() is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : int.MaxValue;
        var start = context.Request.Query["continue"].FirstOrDefault() is { } next ? int.Parse(next, CultureInfo.InvariantCulture) : 0;
        var end = (int)Math.Min(kind.Count, (long)start + limit);
        context.Response.ContentType = "application/json";
        var body = context.Response.BodyWriter;
        body.Write(kind.Head(_cluster.Version, end < kind.Count ? end.ToString(CultureInfo.InvariantCulture) : null));
        var isFirst = true;
        for (var i = start; i < end; i++)
        {
            if (IsLeftOut(context, kind, i)) continue;
            if (!isFirst) body.Write(","u8);
            isFirst = false;
            body.Write(kind[i]);
            if (body.UnflushedBytes > 1 << 18) await body.FlushAsync(context.RequestAborted);
        }

        body.Write("]}\n"u8);
        await body.FlushAsync(context.RequestAborted);
    }

    private async Task WatchAsync(HttpContext context, ServedKind kind)
    {
        var isInitial = context.Request.Query["sendInitialEvents"] == "true";
        if (isInitial && !_streams)
        {
            await StatusAsync(context, 422, "Invalid", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
            return;
        }

        context.Response.ContentType = "application/json";
        var channel = kind.Watch();
        try
        {
            var body = context.Response.BodyWriter;
            await body.FlushAsync(context.RequestAborted);
            var version = _cluster.Version;
            for (var i = 0; isInitial && i < kind.Count; i++)
            {
                if (IsLeftOut(context, kind, i)) continue;
                body.Write("{\"type\":\"ADDED\",\"object\":"u8);
                body.Write(kind[i]);
                body.Write("}\n"u8);
                if (body.UnflushedBytes > 1 << 18) await body.FlushAsync(context.RequestAborted);
            }

            body.Write(kind.Bookmark(version, isInitial));
            await body.FlushAsync(context.RequestAborted);
            while (await channel.Reader.WaitToReadAsync(context.RequestAborted))
            {
                while (channel.Reader.TryRead(out var frame)) body.Write(frame);
                await body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
        finally
        {
            kind.Leave(channel);
        }
    }

    private static bool IsLeftOut(HttpContext context, ServedKind kind, int index) =>
        kind.IsFinished(index) && context.Request.Query["fieldSelector"].FirstOrDefault()?.Contains("status.phase!=", StringComparison.Ordinal) == true;

    private Task ChangeAsync(HttpContext context, string[] words)
    {
        var count = int.Parse(words[3], CultureInfo.InvariantCulture);
        var last = "";
        for (var i = 0; i < count; i++)
            last = words[2] == "pods" ? _cluster.ChangePod(Spread(Interlocked.Increment(ref _podsChanged), _cluster.Pods.Count)) : _cluster.ChangePolicy(Spread(Interlocked.Increment(ref _policiesChanged), _cluster.Policies.Count));
        return context.Response.WriteAsync(last);
    }

    // Neighbours are of one namespace: a large step without a common factor comes everywhere.
    private static int Spread(int turn, int count) => (int)(turn * 7_919L % count);

    private static Task StatusAsync(HttpContext context, int code, string reason, string message)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""");
    }
}

