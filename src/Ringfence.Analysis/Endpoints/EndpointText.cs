using Ringfence.Model;

namespace Ringfence.Analysis.Endpoints;

/// <summary>A port as the user wrote it.</summary>
/// <param name="Number">1–65535; 0 where a name is given.</param>
/// <param name="Name">The name; null where a number is given.</param>
/// <param name="Protocol">The protocol; null where none was written.</param>
public sealed record PortText(int Number, string? Name, Protocol? Protocol)
{
    /// <summary>As the user would write it, without the colon.</summary>
    public override string ToString() => (Name ?? $"{Number}") + (Protocol is { } protocol ? $"/{protocol.ToText()}" : "");
}

/// <summary>An end of a flow as the user wrote it, taken apart but not yet looked up.</summary>
/// <param name="Text">The text without its port.</param>
/// <param name="Port">The port; null where none was written.</param>
public abstract record EndpointText(string Text, PortText? Port);

/// <summary><c>ns/name</c>, <c>ns/kind/name</c> or <c>name</c>.</summary>
public sealed record NamedText(string Text, PortText? Port, string Namespace, string? Kind, string Name) : EndpointText(Text, Port);

/// <summary><c>svc/ns/name</c>.</summary>
public sealed record ServiceText(string Text, PortText? Port, string Namespace, string Name) : EndpointText(Text, Port);

/// <summary>An IP.</summary>
public sealed record AddressText(string Text, PortText? Port, Address Address) : EndpointText(Text, Port);

/// <summary>A CIDR.</summary>
public sealed record PrefixText(string Text, PortText? Port, Prefix Prefix) : EndpointText(Text, Port);

/// <summary><c>first-last</c>: a range of addresses, as lists of connections have it where no CIDR fits.</summary>
public sealed record RangeText(string Text, PortText? Port, Address First, Address Last) : EndpointText(Text, Port);

/// <summary><c>ns/*</c>: every pod of a namespace; <c>*/*</c>: of every namespace.</summary>
/// <param name="Text">The text without its port.</param>
/// <param name="Port">The port; null where none was written.</param>
/// <param name="Namespace">The namespace; null for every one.</param>
public sealed record NamespaceText(string Text, PortText? Port, string? Namespace) : EndpointText(Text, Port);

/// <summary><c>everyone</c>: every pod and every address.</summary>
public sealed record EveryoneText(string Text, PortText? Port) : EndpointText(Text, Port);

/// <summary><c>external</c>: every address outside the cluster.</summary>
public sealed record ExternalText(string Text, PortText? Port) : EndpointText(Text, Port);
