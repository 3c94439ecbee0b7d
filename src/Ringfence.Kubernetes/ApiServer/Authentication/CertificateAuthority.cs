using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer.Authentication;

/// <summary>The server's own authority: signs its certificate, and those of clients.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    // Clocks differ a little.
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);
    private readonly X509Certificate2 _root;
    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 root, TimeProvider time) => (_root, _time) = (root, time);

    /// <summary>The authority's certificate, for those who check the server's.</summary>
    public string Pem => _root.ExportCertificatePem() + "\n";

    /// <summary>The authority's certificate.</summary>
    public X509Certificate2 Certificate => _root;

    /// <summary>Opens the authority of a folder (<c>ca.crt</c> and <c>ca.key</c>), or makes it.</summary>
    /// <exception cref="StoreException">The files are no such certificate and key.</exception>
    public static CertificateAuthority Open(string folder, TimeProvider time)
    {
        var (certificate, key) = (Path.Combine(folder, "ca.crt"), Path.Combine(folder, "ca.key"));
        // The certificate is written last: where it is, the key is too.
        if (!File.Exists(certificate)) Make(certificate, key, time.GetUtcNow());
        try
        {
            var opened = X509Certificate2.CreateFromPemFile(certificate, key);
            if (opened.NotAfter.ToUniversalTime() <= time.GetUtcNow().UtcDateTime)
                throw new StoreException($"{certificate} has expired: delete it and ca.key, and give the clients new kubeconfigs");
            return new CertificateAuthority(opened, time);
        }
        catch (Exception problem) when (problem is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{certificate} and ca.key are not a certificate and its key: {problem.Message}", problem);
        }
    }

    /// <summary>A certificate for the server.</summary>
    /// <param name="names">The names and addresses that clients may know it by.</param>
    public X509Certificate2 IssueServer(IEnumerable<string> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ringfence-apiserver", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        return Sign(request, key, ServerAuthentication);
    }

    /// <summary>A certificate for a client, whose user and groups it names.</summary>
    public X509Certificate2 IssueClient(string user, IEnumerable<string> groups)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups) subject.AddOrganizationName(group);
        subject.AddCommonName(user);
        return Sign(new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256), key, ClientAuthentication);
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    private X509Certificate2 Sign(CertificateRequest request, ECDsa key, string usage)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        var now = _time.GetUtcNow();
        var (end, last) = (now + Lifetime, new DateTimeOffset(_root.NotAfter));
        using var certificate = request.Create(_root, now - Early, end < last ? end : last, RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }

    private static void Make(string certificatePath, string keyPath, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ringfence-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var certificate = request.CreateSelfSigned(now - Early, now + Lifetime);
        OwnFile.Write(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        OwnFile.Write(certificatePath, certificate.ExportCertificatePem() + "\n");
    }
}
