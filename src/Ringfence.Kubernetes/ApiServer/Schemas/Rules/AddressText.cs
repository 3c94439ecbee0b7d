using System.Net;
using System.Net.Sockets;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>Addresses and blocks of addresses in text.</summary>
internal static class AddressText
{
    public const string Fault = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    public static bool IsAddress(string text) => text.Length > 0 && LegacyCidr.TryParse($"{text}/0", out _);

    /// <summary>Whether it is an address of the family.</summary>
    public static bool IsAddress(string text, AddressFamily family) =>
        IsAddress(text) && (family == AddressFamily.InterNetworkV6) == text.Contains(':', StringComparison.Ordinal);

    /// <summary>Whether it is an address that no node but its own can be reached at, or that is none of anybody's.</summary>
    public static bool IsOfNobodyElse(string text) =>
        IPAddress.TryParse(text, out var address) && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
}
