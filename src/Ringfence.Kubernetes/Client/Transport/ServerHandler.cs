using System.Net;
using System.Net.Security;
using System.Text;
using Ringfence.Kubernetes.Client.Access;

namespace Ringfence.Kubernetes.Client.Transport;

/// <summary>Makes the connections to a server.</summary>
internal static class ServerHandler
{
    // As client-go looks after its connections: one that is silent is asked, and given up where it does not answer.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(30);

    // What a pages of pods take: less would wait for the server's turn again and again.
    private const int Window = 1 << 20;

    /// <summary>Makes the handler of a client.</summary>
    public static SocketsHttpHandler Create(ClusterAccess access, ServerTrust trust, ClientIdentity? identity)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = access.IsUncompressed ? DecompressionMethods.None : DecompressionMethods.GZip,
            ConnectTimeout = ConnectPatience,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = Window,
            KeepAlivePingDelay = PingAfter,
            KeepAlivePingTimeout = PingPatience,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            Proxy = Proxy(access),
            UseProxy = true,

            // Names of users and groups are not only ASCII.
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        };
        if (access.IsUnverified)
        {
            // The user says so in the kubeconfig, and is told what it means.
#pragma warning disable CA5359
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else
        {
            handler.SslOptions.CertificateChainPolicy = trust.Policy();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => trust.IsTrusted(certificate, chain, errors);
        }

        if (access.Impersonation?.HasRepeats == true) handler.PlaintextStreamFilter = (context, _) => new(RepeatedHeader.Over(context.PlaintextStream));
        if (identity is not null) handler.SslOptions.ClientCertificateContext = identity.Context;
        return handler;
    }

    private static IWebProxy Proxy(ClusterAccess access) =>
        access.Proxy is { } uri ? new WebProxy(uri) { Credentials = new ProxyLogin() } : new EnvironmentProxy(Environment.GetEnvironmentVariable);
}
