using System.Net;

namespace Ringfence.Kubernetes.Client.Transport;

/// <summary>The user and password that a proxy's own address has: <c>http://USER:PASSWORD@HOST:PORT</c>.</summary>
internal sealed class ProxyLogin : ICredentials
{
    /// <inheritdoc/>
    public NetworkCredential? GetCredential(Uri uri, string authType)
    {
        if (uri.UserInfo.Length == 0) return null;
        var parts = uri.UserInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }
}
