using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Ringfence.Bench.Manifests;
using Ringfence.Model;

namespace Ringfence.Bench.Api;

/// <summary>
/// As much of an API server as a reader of four kinds needs: lists in pages, watches, watches that begin with all objects. Objects lie ready as bytes, so that
/// what is measured is the reader. Plain HTTP on the loopback.
/// </summary>
internal sealed class SyntheticServer : IAsyncDisposable
{
    private static readonly Dictionary<string, string> KindOfPath = new(StringComparer.Ordinal)
    {
        ["/api/v1/pods"] = "Pod",
        ["/api/v1/namespaces"] = "Namespace",
        ["/api/v1/nodes"] = "Node",
        ["/apis/networking.k8s.io/v1/networkpolicies"] = "NetworkPolicy",
    };

    private const string Version = "\"resourceVersion\":\"";

    private long _version = 1_000_000_000;
    private readonly ConcurrentDictionary<string, List<byte[]>> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Channel<byte[]>, string> _watches = [];
    private readonly WebApplication _server;

    private SyntheticServer(WebApplication server) => _server = server;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Bytes sent so far.</summary>
    public long Sent;

    public static async Task<SyntheticServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new SyntheticServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Writes an object as the API does.</summary>
    public static byte[] Bytes(KubernetesObject item)
    {
        using var stream = new MemoryStream();
        using (var to = new JsonManifestWriter(stream, indented: false))
        {
            if (item is Pod pod) PodManifest.Write(to, pod, PodDetail.Lean);
            else if (item is NetworkPolicy policy) ObjectManifests.Write(to, policy);
            else if (item is Namespace space) ObjectManifests.Write(to, space);
            else ObjectManifests.Write(to, (Node)item);
        }

        return stream.ToArray();
    }

    /// <summary>Has objects from the start.</summary>
    public void Add(string kind, IEnumerable<KubernetesObject> objects) => _objects.GetOrAdd(kind, _ => []).AddRange(objects.Select(Bytes));

    /// <summary>Tells all who watch.</summary>
    public void Push(string type, KubernetesObject item)
    {
        // Every event has a version of its own, above that of the lists.
        var text = Encoding.UTF8.GetString(Bytes(item));
        var start = text.IndexOf(Version, StringComparison.Ordinal) + Version.Length;
        var line = Line(type, Encoding.UTF8.GetBytes($"{text[..start]}{Interlocked.Increment(ref _version)}{text[text.IndexOf('"', start)..]}"));
        foreach (var (watch, kind) in _watches)
            if (kind == item.Kind) watch.Writer.TryWrite(line);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in _watches.Keys) watch.Writer.TryComplete();
        await _server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!KindOfPath.TryGetValue(context.Request.Path.Value!, out var kind))
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Response.ContentType = "application/json";
        if (query["watch"] == "true" || query["watch"] == "1") await WatchAsync(context, kind, query["sendInitialEvents"] == "true");
        else await ListAsync(context, kind, int.TryParse(query["limit"], out var limit) ? limit : int.MaxValue, int.TryParse(query["continue"], out var start) ? start : 0);
    }

    private async Task ListAsync(HttpContext context, string kind, int limit, int start)
    {
        var all = _objects.GetOrAdd(kind, _ => []);
        var end = (int)Math.Min(all.Count, (long)start + limit);
        var next = end < all.Count ? $"\"continue\":\"{end}\"," : "";
        var version = kind == "NetworkPolicy" ? "networking.k8s.io/v1" : "v1";
        await WriteAsync(context, Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind}List\",\"apiVersion\":\"{version}\",\"metadata\":{{{next}\"resourceVersion\":\"1000000000\"}},\"items\":["));
        for (var at = start; at < end; at++)
        {
            if (at > start) await WriteAsync(context, ","u8.ToArray());
            await WriteAsync(context, all[at]);
        }

        await WriteAsync(context, "]}"u8.ToArray());
    }

    private async Task WatchAsync(HttpContext context, string kind, bool withAll)
    {
        var watch = Channel.CreateUnbounded<byte[]>();
        _watches[watch] = kind;
        try
        {
            if (withAll)
            {
                foreach (var item in _objects.GetOrAdd(kind, _ => [])) await WriteAsync(context, Line("ADDED", item));
                var version = kind == "NetworkPolicy" ? "networking.k8s.io/v1" : "v1";
                await WriteAsync(context, Line("BOOKMARK", Encoding.UTF8.GetBytes(
                    $"{{\"kind\":\"{kind}\",\"apiVersion\":\"{version}\",\"metadata\":{{\"resourceVersion\":\"1000000000\",\"annotations\":{{\"k8s.io/initial-events-end\":\"true\"}}}}}}")));
            }

            await context.Response.Body.FlushAsync(context.RequestAborted);
            await foreach (var line in watch.Reader.ReadAllAsync(context.RequestAborted))
            {
                await WriteAsync(context, line);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever watched is gone.
        }
        finally
        {
            _watches.TryRemove(watch, out _);
        }
    }

    private async Task WriteAsync(HttpContext context, byte[] bytes)
    {
        Interlocked.Add(ref Sent, bytes.Length);
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static byte[] Line(string type, byte[] item)
    {
        var head = Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":");
        return [.. head, .. item, (byte)'}', (byte)'\n'];
    }
}
