using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Controllers;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Kubernetes.ApiServer.Http;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>A Kubernetes-compatible API server in this process: objects in a data folder, served over HTTPS.</summary>
public sealed class EmbeddedApiServer : IAsyncDisposable
{
    private const int MostPathBytes = 64 << 10;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);
    private static readonly ResourceType Services = ResourceCatalog.OfKind("v1", "Service")!;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ObjectStore _store;
    private readonly CertificateAuthority _authority;
    private readonly Authenticator _authenticator;
    private readonly X509Certificate2 _certificate;
    private readonly WebApplication _web;
    private ControllerSet? _controllers;
    private bool _isDisposed;

    private EmbeddedApiServer(ObjectStore store, CertificateAuthority authority, EmbeddedApiServerOptions options)
    {
        (_store, _authority) = (store, authority);
        ObjectApi? api = null;
        ImmutableArray<IAdmission> ofControllers = options.Controllers is { } controlled ? ControllerAdmissions.Make(controlled.Services, () => api!.List(Services).Items) : [];
        api = new ObjectApi(store, options.Time, [.. options.Admissions, .. ofControllers]);
        Api = api;
        _authenticator = new Authenticator(
            api, TokenSigner.Open(Path.Combine(options.DataFolder, "token.key"), options.Time),
            options.TokenFile is { } tokens ? StaticTokens.Read(tokens) : StaticTokens.None,
            new ClientCertificates(options.ReadClientAuthorities(authority.Certificate), options.Time), options.Time);
        _certificate = options.ReadCertificate() ?? authority.IssueServer(options.CertificateNames());
        SystemNamespaces.Ensure(api);
        OwnDefinitions.Install(api);
        var lists = new ListHandler(api);
        var endpoint = new ApiEndpoint(
            _authenticator,
            new ApiHandlers(
                lists, new WatchHandler(api, options.Time, options.BookmarkInterval), new WriteHandler(api), new DeleteHandler(api, lists), new ScaleHandler(api),
                new PodHandler(api, _authenticator, options.Runtime, options.Time), new ReviewHandler(_authenticator, () => api.Kinds)),
            api, options.Time, options.OnProblem, _stopping.Token);
        _web = Build(options, _certificate, endpoint);
    }

    /// <summary>The objects, without HTTP.</summary>
    public IObjectApi Api { get; }

    /// <summary>Where the server listens: <c>https://HOST:PORT</c> of the first endpoint.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The certificate of the authority that clients check the server's with. Empty where the server has a certificate from elsewhere.</summary>
    public string CaPem { get; private init; } = "";

    /// <summary>Starts a server. Once it is there, it answers.</summary>
    /// <exception cref="StoreException">The data folder or a file cannot be used.</exception>
    /// <exception cref="IOException">It cannot listen.</exception>
    public static async Task<EmbeddedApiServer> StartAsync(EmbeddedApiServerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var objects = ObjectStore.Open(options.DataFolder, options.Store);
        CertificateAuthority? authorities = null;
        EmbeddedApiServer? server = null;
        try
        {
            authorities = CertificateAuthority.Open(options.DataFolder, options.Time);
            server = new EmbeddedApiServer(objects, authorities, options) { CaPem = options.CertificateFile is null ? authorities.Pem : File.ReadAllText(options.CertificateFile) };
            await server._web.StartAsync(cancellation);
            var addresses = server._web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
            // Who listens at every address is reached at this machine's own.
            server.Address = (addresses.FirstOrDefault(address => !address.Contains("filehandle", StringComparison.Ordinal)) ?? "")
                .Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//[::1]:", StringComparison.Ordinal);
            if (options.Controllers is { } controlled) server.StartControllers(controlled, options);
            return server;
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
            else
            {
                authorities?.Dispose();
                objects.Dispose();
            }

            throw;
        }
    }

    /// <summary>Whether the controllers have done all that follows from the changes up to a version; true where there are none.</summary>
    public bool IsIdleAt(long version) => _controllers?.IsIdleAt(version) ?? true;

    /// <summary>A token for a user, good for as long as the data folder.</summary>
    /// <param name="user">The user's name.</param>
    /// <param name="groups">The user's groups, such as <see cref="User.Masters"/> or <see cref="User.Agents"/>.</param>
    public string IssueToken(string user, params IEnumerable<string> groups) => _authenticator.Issue(user, groups);

    /// <summary>Ends watches, answers what is under way, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (_controllers is not null) await _controllers.DisposeAsync();
        await _stopping.CancelAsync();
        using (var patience = new CancellationTokenSource(Farewell))
            await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
        _store.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
        _stopping.Dispose();
    }

    private void StartControllers(ControllerOptions wanted, EmbeddedApiServerOptions options)
    {
        // Endpoints of Services are what pods can reach, which this machine's loopback is not.
        ImmutableArray<IPEndPoint> reachable = [.. options.Listen.Where(listen => !IPAddress.IsLoopback(listen.Address) && listen is { Port: > 0 } && !IsAny(listen.Address))];
        _controllers = new ControllerSet(
            Api,
            wanted with
            {
                ApiEndpoints = wanted.ApiEndpoints.IsEmpty ? reachable : wanted.ApiEndpoints,
                RootCertificates = wanted.RootCertificates ?? CaPem,
            },
            options.Logging.CreateLogger<ControllerSet>(), options.Time);
        _controllers.Start();
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static WebApplication Build(EmbeddedApiServerOptions options, X509Certificate2 certificate, ApiEndpoint endpoint)
    {
        // Nothing that the machine's environment or settings could change.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBody.MostBytes;
            // Selectors are part of the path, and long ones are no mistake.
            kestrel.Limits.MaxRequestLineSize = MostPathBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 2 * MostPathBytes;
            kestrel.Limits.Http2.MaxRequestHeaderFieldSize = MostPathBytes;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            // A watch may be silent for long, and a client may be slow.
            kestrel.Limits.MinResponseDataRate = null;
            foreach (var listen in options.Listen) kestrel.Listen(listen, Secure);
            foreach (var socket in options.ListenHandles) kestrel.ListenHandle((ulong)socket, Secure);
        });
        var app = builder.Build();
        app.Run(endpoint.ServeAsync);
        return app;

        void Secure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                // Whom it is of is found out with the request, which can say no in words.
                ClientCertificateValidation = (_, _, _) => true,
            });
        }
    }
}
