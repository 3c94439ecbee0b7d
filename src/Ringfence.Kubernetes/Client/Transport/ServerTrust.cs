using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Ringfence.Kubernetes.Client.Transport;

/// <summary>Decides whether a server is the one that is meant, and remembers why not. Safe for several threads.</summary>
/// <param name="authorities">The authorities that are trusted, and no others; null for those of the machine.</param>
internal sealed class ServerTrust(X509Certificate2Collection? authorities)
{
    private volatile string? _problem;

    /// <summary>Why the last server was not trusted; null where it was.</summary>
    public string? Problem => _problem;

    /// <summary>How certificates are checked.</summary>
    public X509ChainPolicy? Policy()
    {
        if (authorities is null) return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>Judges what the checks have found.</summary>
    public bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && IsAnchored(chain)) errors &= ~SslPolicyErrors.RemoteCertificateChainErrors;
        _problem = errors switch
        {
            SslPolicyErrors.None => null,
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "it shows no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) => ChainProblem(chain),
            _ => $"its certificate is for {Names(certificate)}",
        };
        return errors == SslPolicyErrors.None;
    }

    // As Go has it, what is trusted may be an authority that another one has signed: the chain ends there.
    private bool IsAnchored(X509Chain? chain) =>
        authorities is not null && chain is { ChainElements.Count: > 0 }
        && chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.PartialChain)
        && authorities.Any(authority => authority.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));

    private static string ChainProblem(X509Chain? chain)
    {
        var all = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (sum, status) => sum | status.Status) ?? X509ChainStatusFlags.NoError;
        if (all.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            var wrong = chain!.ChainElements.FirstOrDefault(element => element.ChainElementStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid))?.Certificate;
            return wrong is null ? "a certificate has expired, or is not valid yet" : $"its certificate is valid from {wrong.NotBefore:u} to {wrong.NotAfter:u}";
        }

        return "its certificate is from an authority that is not trusted";
    }

    private static string Names(X509Certificate? certificate)
    {
        if (certificate is not X509Certificate2 full) return "another name";
        var names = full.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString()))).Take(20).ToList();
        return names.Count == 0 ? full.Subject : string.Join(", ", names);
    }
}
