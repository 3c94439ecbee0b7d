using System.Net.Sockets;
using Ringfence.Kubernetes.Client.Access;
using Ringfence.Kubernetes.Client.Transport;

namespace Ringfence.Kubernetes.Client;

/// <summary>Says for people why a server cannot be talked to.</summary>
internal static class ServerProblem
{
    /// <summary>What it is about an exception.</summary>
    public static ClusterException Describe(ClusterAccess access, ServerTrust trust, HttpRequestException problem)
    {
        var server = access.Server.GetLeftPart(UriPartial.Authority);
        return problem.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError when trust.Problem is { } why => new ClusterException(
                $"the server {server} is not trusted: {why}", problem,
                "certificate-authority-data in the kubeconfig names the authority, tls-server-name another name of the server.",
                "Has the cluster been made anew? Then fetch its kubeconfig again."),
            HttpRequestError.SecureConnectionError => new ClusterException($"no secure connection to {server}: {Innermost(problem)}", problem, "Is it a server of HTTPS, and does it take this client certificate?"),
            HttpRequestError.NameResolutionError => new ClusterException($"the server's name {access.Server.Host} is not known", problem, "Is the network up, or a VPN that the cluster needs?"),
            HttpRequestError.ProxyTunnelError => new ClusterException($"the proxy does not lead to {server}: {problem.Message}", problem, "proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY in the environment, name the proxy."),
            _ => new ClusterException(
                $"the server {server} cannot be reached: {Innermost(problem)}", problem,
                problem.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "Is the cluster up?" : "Is the network up, or a VPN that the cluster needs?"),
        };
    }

    /// <summary>That it does not answer.</summary>
    public static ClusterException Silent(ClusterAccess access, TimeSpan patience) =>
        new($"the server {access.Server.GetLeftPart(UriPartial.Authority)} has not answered within {patience.TotalSeconds:0} s", "Is the network up, or a VPN that the cluster needs?");

    private static string Innermost(Exception problem)
    {
        while (problem.InnerException is { } inner) problem = inner;
        return problem.Message.TrimEnd('.');
    }
}
