using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ringfence.Kubernetes.ApiServer.Authentication;

/// <summary>Recognises clients by certificates of authorities that are trusted: the common name is the user, the organisations are the groups.</summary>
/// <param name="authorities">Those that are trusted.</param>
/// <param name="time">Tells the time.</param>
internal sealed class ClientCertificates(X509Certificate2Collection authorities, TimeProvider time)
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Whose certificate it is; null where it is not one that is trusted.</summary>
    public User? Find(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().LocalDateTime;
        if (!chain.Build(certificate)) return null;
        var (name, groups) = ("", ImmutableArray.CreateBuilder<string>());
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (part.HasMultipleElements) continue;
            if (part.GetSingleElementType().Value == CommonName) name = part.GetSingleElementValue() ?? "";
            else if (part.GetSingleElementType().Value == Organization && part.GetSingleElementValue() is { } group) groups.Add(group);
        }

        return name.Length == 0 ? null : new User(name, "", groups.ToImmutable());
    }
}
