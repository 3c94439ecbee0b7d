using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ringfence.Kubernetes.ApiServer.Controllers;
using Ringfence.Kubernetes.ApiServer.Storage;
using Ringfence.Kubernetes.ApiServer.Streaming;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>How a server runs.</summary>
public sealed record EmbeddedApiServerOptions
{
    /// <summary>Where objects, keys and certificates are kept; made where it is missing, with mode 0700.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where to listen; port 0 is any that is free. This machine alone, unless told otherwise.</summary>
    public ImmutableArray<IPEndPoint> Listen { get; init; } = [new IPEndPoint(IPAddress.Loopback, 0)];

    /// <summary>Sockets that listen already, by their file descriptors, such as ones that were opened in another network namespace. They stay the caller's.</summary>
    public ImmutableArray<nint> ListenHandles { get; init; } = [];

    /// <summary>Names and addresses by which clients know the server, beyond this machine's and the Service's.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>A file of tokens, a line each: <c>token,user,uid,"group1,group2"</c>; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>A file of authorities whose clients' certificates are trusted, beside the server's own; null for none.</summary>
    public string? ClientCaFile { get; init; }

    /// <summary>The server's certificate, with those that lead to its authority, in PEM; null for one of the server's own.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The key of <see cref="CertificateFile"/>, in PEM.</summary>
    public string? KeyFile { get; init; }

    /// <summary>What runs pods; null where nothing does.</summary>
    public IPodRuntime? Runtime { get; init; }

    /// <summary>What completes or refuses objects before they are kept, in this order; before those of the controllers.</summary>
    public ImmutableArray<IAdmission> Admissions { get; init; } = [];

    /// <summary>The controllers that make the server alive; null for none: then objects stay as they are written.</summary>
    public ControllerOptions? Controllers { get; init; } = new();

    /// <summary>Takes what the controllers log.</summary>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;

    /// <summary>How often a watch that allows it is told the version where nothing changes.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Tells the time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Is told of what should not happen, and was answered as an internal error.</summary>
    public Action<Exception> OnProblem { get; init; } = _ => { };

    /// <summary>How much of the past is kept.</summary>
    internal StoreOptions Store { get; init; } = new();

    /// <summary>The names in the server's certificate.</summary>
    internal IEnumerable<string> CertificateNames()
    {
        string[] always =
        [
            "localhost", "127.0.0.1", "::1", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", Environment.MachineName,
        ];
        var own = Listen.Select(listen => listen.Address).Where(address => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)).Select(address => address.ToString());
        return always.Concat(own).Concat(Names).Where(name => name.Length > 0);
    }

    /// <summary>The certificate that was given; null where none was.</summary>
    /// <exception cref="StoreException">The files are no certificate and key.</exception>
    internal X509Certificate2? ReadCertificate()
    {
        if (CertificateFile is null) return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
        }
        catch (Exception problem) when (problem is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{CertificateFile} and {KeyFile} are not a certificate and its key: {problem.Message}", problem);
        }
    }

    /// <summary>The authorities whose clients are trusted.</summary>
    /// <param name="own">The server's own.</param>
    /// <exception cref="StoreException">The file has no certificates.</exception>
    internal X509Certificate2Collection ReadClientAuthorities(X509Certificate2 own)
    {
        var all = new X509Certificate2Collection { own };
        if (ClientCaFile is null) return all;
        try
        {
            all.ImportFromPemFile(ClientCaFile);
        }
        catch (Exception problem) when (problem is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{ClientCaFile} cannot be read as certificates: {problem.Message}", problem);
        }

        return all.Count > 1 ? all : throw new StoreException($"{ClientCaFile} has no certificate in PEM");
    }
}
