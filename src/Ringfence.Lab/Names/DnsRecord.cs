using Ringfence.Model;

namespace Ringfence.Lab.Names;

/// <summary>The types of records in use.</summary>
/// <remarks>https://www.iana.org/assignments/dns-parameters</remarks>
internal enum DnsType : ushort
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
    Ixfr = 251,
    Axfr = 252,
    Any = 255,
}

/// <summary>How a question went.</summary>
/// <remarks>RFC 1035, section 4.1.1; RFC 6891, section 9.</remarks>
internal enum DnsStatus : ushort
{
    NoError = 0,
    FormatError = 1,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}

/// <summary>What a name has.</summary>
/// <param name="Type">The record's type.</param>
internal abstract record DnsRecord(DnsType Type);

/// <summary>An address.</summary>
/// <param name="Address">The address; its family makes the type.</param>
internal sealed record AddressRecord(Address Address) : DnsRecord(Address.Family == IpFamily.V4 ? DnsType.A : DnsType.Aaaa);

/// <summary>Another name: of an alias, of an address, of a zone's server.</summary>
/// <param name="Type">Cname, Ptr or Ns.</param>
/// <param name="Target">The name.</param>
internal sealed record NameRecord(DnsType Type, string Target) : DnsRecord(Type);

/// <summary>Where a port of a Service is.</summary>
/// <param name="Weight">The share of clients that should go there, in percent.</param>
/// <param name="Port">The port.</param>
/// <param name="Target">The name of who has it.</param>
/// <remarks>RFC 2782.</remarks>
internal sealed record ServiceRecord(int Weight, int Port, string Target) : DnsRecord(DnsType.Srv);

/// <summary>A line of text.</summary>
/// <param name="Text">At most 255 ASCII characters.</param>
internal sealed record TextRecord(string Text) : DnsRecord(DnsType.Txt);

/// <summary>The start of a zone.</summary>
/// <param name="Server">Its first server.</param>
/// <param name="Mailbox">Who looks after it, as a name.</param>
internal sealed record ZoneRecord(string Server, string Mailbox) : DnsRecord(DnsType.Soa);

/// <summary>A record and whose it is.</summary>
/// <param name="Name">The name, in lower case, without the dot at the end.</param>
/// <param name="Record">The record.</param>
internal readonly record struct NamedRecord(string Name, DnsRecord Record);
