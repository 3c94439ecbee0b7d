using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ringfence.Cli.Tests.Live;

/// <summary>A server that refuses everything, and remembers who asked: with what credentials, as whom else, for which name.</summary>
internal sealed class SeeingServer : IAsyncDisposable
{
    private const string NameAskedFor = "name";

    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    private SeeingServer(WebApplication application) => _application = application;

    /// <summary>The port of HTTPS over IPv4.</summary>
    public int Port => PortOf(0);

    /// <summary>The port of HTTPS over IPv6.</summary>
    public int Port6 => PortOf(1);

    /// <summary>The port of plain HTTP.</summary>
    public int PlainPort => PortOf(2);

    public static async Task<SeeingServer> StartAsync(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
                options.Listen(address, 0, listen => listen.UseHttps(https =>
                {
                    https.ServerCertificateSelector = (connection, name) =>
                    {
                        connection!.Items[NameAskedFor] = name;
                        return certificate;
                    };
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.AllowAnyClientCertificate();
                }));
            options.Listen(IPAddress.Loopback, 0);
        });
        var server = new SeeingServer(builder.Build());
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>What was seen since the last time, each sight once.</summary>
    public IReadOnlyList<string> Take()
    {
        IReadOnlyList<string> seen = [.. _seen.Keys.Order(StringComparer.Ordinal)];
        _seen.Clear();
        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
    }

    private int PortOf(int place) => new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(place)).Port;

    private async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Request.Headers.Where(header => header.Key == "Authorization" || header.Key.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase))
            .Select(header => $"{header.Key.ToLowerInvariant()}={string.Join('|', header.Value.ToArray())}").Order(StringComparer.Ordinal);
        var certificate = await context.Connection.GetClientCertificateAsync();
        var name = context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(NameAskedFor, out var asked) == true ? (string?)asked : null;
        _seen[string.Join("; ", [context.Request.Scheme, .. headers, .. certificate is null ? [] : (string[])[certificate.Subject], .. string.IsNullOrEmpty(name) ? [] : (string[])[$"for {name}"]])] = true;
        context.Response.StatusCode = 403;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"you may not","reason":"Forbidden","code":403}""");
    }
}
