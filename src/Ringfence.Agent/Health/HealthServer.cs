using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ringfence.Agent.Health;

/// <summary>
/// Answers probes as Kubernetes' own components do: <c>/healthz</c> and <c>/readyz</c> with 200 and <c>ok</c>, or 503 and what is wrong; with
/// <c>?verbose</c> every check.
/// </summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/health-checks/</remarks>
public sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private HealthServer(WebApplication server) => _server = server;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Begins to answer.</summary>
    /// <param name="endpoint">Where; port 0 for any that is free.</param>
    /// <param name="health">What is told.</param>
    /// <exception cref="IOException">The address is in use, or none of this machine's.</exception>
    public static async Task<HealthServer> StartAsync(IPEndPoint endpoint, AgentHealth health)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = 64;
            options.Limits.MaxRequestBodySize = 0;
            options.Listen(endpoint);
        });
        var server = builder.Build();
        server.Run(context => AnswerAsync(context, health));
        await server.StartAsync().ConfigureAwait(false);
        return new HealthServer(server);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _server.StopAsync(patience.Token).ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, AgentHealth health)
    {
        var request = context.Request;
        IReadOnlyList<HealthCheck>? checks = request.Path.Value switch
        {
            "/healthz" or "/livez" => [health.Liveness],
            "/readyz" => health.Readiness,
            _ => null,
        };
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (checks is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("not found\n");
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }

        var isWell = checks.All(check => check.Problem is null);
        context.Response.StatusCode = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var text = !isWell || request.Query.ContainsKey("verbose") ? Text(checks, $"{request.Path.Value![1..]} check {(isWell ? "passed" : "failed")}") : "ok";
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text);
    }

    private static string Text(IReadOnlyList<HealthCheck> checks, string result)
    {
        var text = new StringBuilder();
        foreach (var check in checks)
        {
            text.Append(check.Problem is null ? "[+]" : "[-]").Append(check.Name).Append(check.Problem is null ? " ok" : " failed: ").Append(check.Problem).Append('\n');
            foreach (var note in check.Notes) text.Append("   ").Append(note).Append('\n');
        }

        return text.Append(result).Append('\n').ToString();
    }
}
