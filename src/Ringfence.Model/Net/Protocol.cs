namespace Ringfence.Model;

/// <summary>The protocols that a policy port can name.</summary>
public enum Protocol : byte
{
    /// <summary>TCP, the default.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,

    /// <summary>SCTP.</summary>
    Sctp,
}

/// <summary>Text forms of <see cref="Protocol"/>.</summary>
public static class ProtocolText
{
    /// <summary>Kubernetes' spelling: <c>TCP</c>, <c>UDP</c>, <c>SCTP</c>.</summary>
    public static string ToText(this Protocol protocol) => protocol switch
    {
        Protocol.Tcp => "TCP",
        Protocol.Udp => "UDP",
        _ => "SCTP",
    };

    /// <summary>Reads Kubernetes' spelling; case matters, as it does to the API server.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Protocol protocol)
    {
        protocol = text switch
        {
            "UDP" => Protocol.Udp,
            "SCTP" => Protocol.Sctp,
            _ => Protocol.Tcp,
        };
        return text is "TCP" or "UDP" or "SCTP";
    }
}
