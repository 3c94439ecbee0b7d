using System.Text;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer.Authentication;

/// <summary>Writes kubeconfig files, which kubectl and other clients find a server by.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/</remarks>
public static class KubeConfigWriter
{
    /// <summary>Writes a file with one context, whole and with mode 0600: it holds a secret.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="name">What cluster, context and user are called.</param>
    /// <param name="server">The server's address, <c>https://HOST:PORT</c>.</param>
    /// <param name="caPem">The certificate of the server's authority.</param>
    /// <param name="token">The user's token.</param>
    /// <param name="defaultNamespace">The context's namespace; null for <c>default</c>.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, string name, string server, string caPem, string token, string? defaultNamespace = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        OwnFile.Write(path, Text(name, server, caPem, token, defaultNamespace));
    }

    /// <summary>The text of such a file.</summary>
    public static string Text(string name, string server, string caPem, string token, string? defaultNamespace = null) =>
        $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: {name}
          cluster:
            server: {server}
            certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(caPem))}
        contexts:
        - name: {name}
          context:
            cluster: {name}
            user: {name}{(defaultNamespace is null ? "" : $"\n    namespace: {defaultNamespace}")}
        current-context: {name}
        users:
        - name: {name}
          user:
            token: {token}

        """;
}
