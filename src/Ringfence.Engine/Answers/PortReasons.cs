using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Words for the ports of a rule.</summary>
internal static class PortReasons
{
    /// <summary><c>every protocol and port</c>, or what is written: <c>TCP 80,90-95; UDP "dns"</c>.</summary>
    public static string Describe(ImmutableArray<PolicyPort> ports)
    {
        if (ports.IsEmpty) return "every protocol and port";
        var numbers = ConnectionSet.None;
        var parts = new List<string>();
        foreach (var port in ports)
        {
            if (port.Name is null) numbers = numbers.Union(PortSpec.ConnectionsOf(port));
            else parts.Add($"{port.Protocol.ToText()} \"{port.Name}\"");
        }

        if (!numbers.IsEmpty) parts.Insert(0, numbers.ToString());
        return string.Join("; ", parts.Distinct());
    }
}
