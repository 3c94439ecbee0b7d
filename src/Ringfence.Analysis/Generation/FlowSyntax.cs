using Ringfence.Analysis.Endpoints;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>Reads wanted flows as people write them: <c>a, b -> c:80,443/tcp, svc/d:http</c>.</summary>
/// <param name="defaultNamespace">The namespace of names without one.</param>
public sealed class FlowSyntax(string defaultNamespace)
{
    /// <summary>The form, for messages and help.</summary>
    public const string Form = "SRC[,SRC…] -> DST[:PORTS][,DST…]";

    // The longest first, for one begins another.
    private static readonly string[] Arrows = ["-->", "==>", "->", "=>", "→"];

    /// <summary>Reads one line; each source may then reach each destination.</summary>
    /// <exception cref="InputException">It is no flow.</exception>
    public IEnumerable<WantedFlow> Read(string text, Location place)
    {
        var asked = text.Trim();
        var ends = asked.Split(Arrows, StringSplitOptions.TrimEntries);
        if (ends is not [{ Length: > 0 } from, { Length: > 0 } to])
            throw new InputException(
                ends.Length > 2 ? $"'{asked}' has more than one arrow: write a line for each" : $"'{asked}' is not a flow",
                $"A flow is {Form}, for example 'chat-ui -> rag-api:8000'.");
        var sources = from.Split(',', StringSplitOptions.TrimEntries).Select(Source).ToList();
        return
        [
            .. from source in sources
               from destination in Destinations(to)
               select new WantedFlow(source, destination.End, destination.Ports, asked, place),
        ];
    }

    /// <summary>Reads a file of flows, one a line; what follows a <c>#</c> is a comment.</summary>
    /// <exception cref="InputException">Some lines are no flows; the message has the first, the hints the others.</exception>
    public WantedFlows ReadLines(TextReader reader, string file)
    {
        var flows = new List<WantedFlow>();
        var problems = new ProblemList();
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var comment = line.IndexOf('#');
            var text = (comment < 0 ? line : line[..comment]).Trim().TrimStart('\uFEFF');
            if (text.Length > 0) problems.Try(new Location(file, number, 0), () => flows.AddRange(Read(text, new Location(file, number, 0))));
        }

        problems.Throw();
        return new WantedFlows(flows, flows.Count == 0 ? [$"{file} has no flows"] : []);
    }

    /// <summary>Reads an end of a flow without a port.</summary>
    /// <exception cref="InputException">It is none, or has a port.</exception>
    public EndpointText Source(string text)
    {
        var end = EndpointSyntax.Parse(text, defaultNamespace);
        if (end.Port is not null) throw new InputException($"'{text}' has a port, but a port belongs to the destination");
        return end is ServiceText
            ? throw new InputException($"'{text}' cannot be a source: a Service opens no connections", "Name the workload behind it: ns/name.")
            : end;
    }

    /// <summary>Reads a destination with its ports.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public (EndpointText End, PortList? Ports) Destination(string text)
    {
        var (host, ports) = EndpointSyntax.Split(text);
        var end = EndpointSyntax.Parse(host, defaultNamespace);
        if (end.Port is not null) throw new InputException($"cannot read the endpoint '{text}'", $"An endpoint is {EndpointSyntax.Forms}.");
        return (end, ports is null ? null : PortList.Parse(ports, text));
    }

    /// <summary>Reads destinations with their ports, with commas between them.</summary>
    /// <exception cref="InputException">One is none.</exception>
    public IEnumerable<(EndpointText End, PortList? Ports)> Destinations(string text)
    {
        var parts = new List<string>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
            if (parts.Count > 0 && PortList.IsNumeric(part)) parts[^1] += "," + part;
            else parts.Add(part);
        return parts.Select(Destination);
    }
}
