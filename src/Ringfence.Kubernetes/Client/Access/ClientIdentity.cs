using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ringfence.Kubernetes.Client.Access;

/// <summary>A client's certificate with its key, and the certificates between it and its authority.</summary>
internal sealed class ClientIdentity
{
    private ClientIdentity(X509Certificate2 certificate, X509Certificate2Collection others)
    {
        Certificate = certificate;
        Context = SslStreamCertificateContext.Create(certificate, others, offline: true);
    }

    public X509Certificate2 Certificate { get; }

    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads PEM; the key may be PKCS#8, PKCS#1 or SEC 1.</summary>
    /// <exception cref="CryptographicException">It is none, or the two do not belong together. Does not show the key.</exception>
    public static ClientIdentity Read(string certificatePem, string keyPem)
    {
        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal)) throw new CryptographicException("the key is encrypted; Kubernetes' tools take none that is");
        var all = new X509Certificate2Collection();
        all.ImportFromPem(certificatePem);
        if (all.Count == 0) throw new CryptographicException("there is no certificate in PEM form");
        using var first = all[0];
        all.RemoveAt(0);
        return new ClientIdentity(Join(first, keyPem), all);
    }

    private static X509Certificate2 Join(X509Certificate2 certificate, string keyPem)
    {
        try
        {
            switch (certificate.GetKeyAlgorithm())
            {
                case "1.2.840.113549.1.1.1":
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportFromPem(keyPem);
                        return certificate.CopyWithPrivateKey(rsa);
                    }

                default:
                    using (var ecdsa = ECDsa.Create())
                    {
                        ecdsa.ImportFromPem(keyPem);
                        return certificate.CopyWithPrivateKey(ecdsa);
                    }
            }
        }
        catch (ArgumentException problem)
        {
            throw new CryptographicException(
                problem.Message.Contains("does not match", StringComparison.Ordinal) ? "the key is not the certificate's" : "there is no key in PEM form that fits the certificate", problem);
        }
    }
}
