using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ringfence.Kubernetes.Tests.Client;

/// <summary>An authority of one test, with the certificates that it gives out.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem();

    public string Data => Base64(Pem);

    public static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(text));

    /// <summary>A server's certificate.</summary>
    public X509Certificate2 Server(string[]? names = null, int fromDays = -1, int toDays = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var address in names is null ? (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback] : []) alternatives.AddIpAddress(address);
        foreach (var name in names ?? ["localhost"]) alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        using var bare = Sign(request, fromDays, toDays);
        using var certificate = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A client's certificate with its key, in PEM.</summary>
    /// <param name="form">How the key is written: <c>pkcs8</c>, <c>pkcs1</c> (RSA), <c>sec1</c> (elliptic curve) or <c>encrypted</c>.</param>
    public (string Certificate, string Key) Client(string user, string form = "pkcs8")
    {
        if (form == "sec1")
        {
            using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var ecCertificate = Sign(new CertificateRequest($"CN={user}", ec, HashAlgorithmName.SHA256), -1, 1);
            return (ecCertificate.ExportCertificatePem(), ec.ExportECPrivateKeyPem());
        }

        using var rsa = RSA.Create(2048);
        using var certificate = Sign(new CertificateRequest($"CN={user}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), -1, 1);
        return (certificate.ExportCertificatePem(), form switch
        {
            "pkcs1" => rsa.ExportRSAPrivateKeyPem(),
            "encrypted" => rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)),
            _ => rsa.ExportPkcs8PrivateKeyPem(),
        });
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Sign(CertificateRequest request, int fromDays, int toDays) =>
        request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), DateTimeOffset.UtcNow.AddDays(fromDays), DateTimeOffset.UtcNow.AddDays(toDays),
            RandomNumberGenerator.GetBytes(8));
}
