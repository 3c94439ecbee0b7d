using System.Net;

namespace Ringfence.Kubernetes.Client.Transport;

/// <summary>
/// The proxy that the environment names, as Go's programs take it, kubectl among them: <c>HTTPS_PROXY</c> and <c>HTTP_PROXY</c>, in small letters too;
/// <c>NO_PROXY</c> has names (and what is below them), addresses, CIDRs and <c>*</c>. This machine itself is never asked through a proxy.
/// </summary>
internal sealed class EnvironmentProxy : IWebProxy
{
    private readonly Uri? _https;
    private readonly Uri? _http;
    private readonly string[] _direct;

    /// <summary>Reads the environment.</summary>
    /// <param name="variable">Reads a variable.</param>
    /// <exception cref="ClusterException">A proxy's address is wrong.</exception>
    public EnvironmentProxy(Func<string, string?> variable)
    {
        _https = Read("HTTPS_PROXY");
        _http = Read("HTTP_PROXY");
        _direct = (Value("NO_PROXY") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        string? Value(string name) => variable(name) is { Length: > 0 } upper ? upper : variable(name.ToLowerInvariant()) is { Length: > 0 } lower ? lower : null;

        Uri? Read(string name)
        {
            if (Value(name) is not { } text) return null;
            var full = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
            return Uri.TryCreate(full, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5"
                ? uri
                : throw new ClusterException($"the variable {name} names no proxy: http://, https:// or socks5://HOST:PORT");
        }
    }

    /// <inheritdoc/>
    public ICredentials? Credentials { get; set; } = new ProxyLogin();

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : destination.Scheme == "https" ? _https : _http;

    /// <inheritdoc/>
    public bool IsBypassed(Uri host)
    {
        if ((host.Scheme == "https" ? _https : _http) is null || host.IsLoopback) return true;
        var name = host.IdnHost.TrimEnd('.');
        _ = IPAddress.TryParse(name, out var address);
        return Array.Exists(_direct, entry => Matches(entry, name, host.Port, address));
    }

    private static bool Matches(string entry, string name, int port, IPAddress? address)
    {
        if (entry == "*") return true;
        if (address is not null && IPNetwork.TryParse(entry, out var network)) return network.Contains(address);
        if (address is not null && IPAddress.TryParse(entry, out var same)) return same.Equals(address);
        if (!IPAddress.TryParse(entry, out _) && entry.LastIndexOf(':') is > 0 and var colon && int.TryParse(entry.AsSpan(colon + 1), out var only))
        {
            if (only != port) return false;
            entry = entry[..colon].Trim('[', ']');
            if (address is not null) return IPAddress.TryParse(entry, out var one) && one.Equals(address);
        }

        if (address is not null) return false;
        entry = entry.TrimStart('*');
        if (entry.StartsWith('.')) return name.EndsWith(entry, StringComparison.OrdinalIgnoreCase);
        return name.Equals(entry, StringComparison.OrdinalIgnoreCase)
            || (name.Length > entry.Length && name[^(entry.Length + 1)] == '.' && name.EndsWith(entry, StringComparison.OrdinalIgnoreCase));
    }
}
