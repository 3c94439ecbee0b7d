using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;
using Ringfence.Model.Decoding;
using Node = Ringfence.Model.Decoding.Node;

namespace Ringfence.Analysis.Expectations;

/// <summary>Reads whom an expectation names: a text as on the command line, a mapping that selects, or a list of these.</summary>
/// <param name="scope">The file.</param>
/// <param name="defaultNamespace">The namespace of names without one.</param>
internal sealed class ExpectedEndReader(ObjectScope scope, string defaultNamespace)
{
    private const string Forms = "ns/name, ns/kind/name, name, svc/ns/name, an IP, a CIDR, first-last, external, everyone or everyone-else";

    private static readonly FieldNames Fields = new FieldNames("workload pods namespace namespaces cidr service")
        .Advise("podSelector", "write pods: app=web")
        .Advise("namespaceSelector", "write namespaces: team=a")
        .Advise("ipBlock", "write cidr: 10.0.0.0/8")
        .Advise("labels", "write pods: app=web");

    /// <summary>Reads one side of an entry; what is wrong is reported, and left out.</summary>
    public ImmutableArray<ExpectedEnd> Read(Node node, bool isSource)
    {
        if (node is SequenceNode { Items.Count: 0 }) scope.Invalid(node, "is empty");
        var ends = ImmutableArray.CreateBuilder<ExpectedEnd>();
        foreach (var item in ExpectationReader.Items(scope, node))
        {
            try
            {
                if (One(item) is not { } end) continue;
                if (isSource && end is NamedEnd { Endpoint: ServiceText }) scope.Invalid(item, "a Service opens no connections: name the workload behind it");
                else ends.Add(end);
            }
            catch (InputException problem)
            {
                scope.Invalid(item, string.Join("; ", problem.Hints.Prepend(problem.Message)));
            }
        }

        return ends.DrainToImmutable();
    }

    private ExpectedEnd? One(Node node)
    {
        if (node is MappingNode mapping) return Mapping(mapping);
        if (node is ScalarNode { Kind: ScalarKind.Text } text) return Named(text.Text, node);
        scope.WrongType(node, "a name or a mapping", node is ScalarNode { Kind: not ScalarKind.Null } scalar ? $": write \"{Excerpt.Of(scalar.Source)}\" with quotes" : "");
        return null;
    }

    private ExpectedEnd Named(string text, Node node)
    {
        var place = node.In(scope.File);
        if (text is EveryoneEnd.Everyone or EveryoneEnd.EveryoneElse) return new EveryoneEnd(text == EveryoneEnd.EveryoneElse, text, place);
        if (text.Length == 0) throw new InputException("is empty", $"write {Forms}");
        if (text.Contains('-') && Range(text) is { } range) return new RangeEnd(range, range.ToString(), place);
        var endpoint = EndpointSyntax.Parse(text, defaultNamespace);
        return endpoint.Port is { } port
            ? throw new InputException($"'{text}' has a port", $"write ports: [{port}] beside from and to")
            : new NamedEnd(endpoint, endpoint.Text, place);
    }

    private ExpectedEnd? Mapping(MappingNode node)
    {
        var fields = scope.Fields(node, Fields);
        var given = node.Entries.Where(entry => Fields.Contains(entry.Key) && !ObjectScope.IsNull(entry.Value)).Select(entry => entry.Key).Distinct().ToList();
        foreach (var alone in (ReadOnlySpan<string>)["workload", "cidr", "service"])
        {
            if (!given.Contains(alone)) continue;
            if (given.Count > 1) throw new InputException($"{alone} stands alone, without {string.Join(" and ", given.Where(field => field != alone))}");
            return fields.Text(alone) is { } name ? Alone(alone, name, node) : null;
        }

        if (given.Count == 0)
        {
            // Unknown fields have been told.
            return node.Entries.Count > 0 ? null : throw new InputException("names nobody", "write workload, pods, namespace, namespaces, cidr or service");
        }

        if (given.Contains("namespace") && given.Contains("namespaces")) throw new InputException("namespace and namespaces exclude each other");
        return Selected(fields, node);
    }

    // A CIDR, an address, or first-last as answers have it; null for another text.
    private static AddressRange? Range(string text)
    {
        if (Prefix.TryParse(text, out var prefix)) return new AddressRange(prefix.First, prefix.Last);
        var dash = text.IndexOf('-');
        if (!Address.TryParse(text.AsSpan(0, dash < 0 ? text.Length : dash), out var first) || !Address.TryParse(text.AsSpan(dash + 1), out var last)) return null;
        return first.Family == last.Family && first <= last ? new AddressRange(first, last) : throw new InputException($"the range '{text}' ends before it begins");
    }

    private ExpectedEnd Alone(string field, string name, MappingNode node)
    {
        if (field == "cidr")
            return Range(name) is { } range
                ? new RangeEnd(range, range.ToString(), node.In(scope.File))
                : throw new InputException($"'{name}' is no CIDR", "write 10.0.0.0/8");
        var end = Named(field == "service" && !name.StartsWith("svc/", StringComparison.Ordinal) ? $"svc/{name}" : name, node);
        var fits = (field, end) switch
        {
            ("workload", NamedEnd { Endpoint: NamedText }) => true,
            ("service", NamedEnd { Endpoint: ServiceText }) => true,
            _ => false,
        };
        return fits ? end : throw new InputException($"'{name}' is no {field}", field == "workload" ? "write ns/name, ns/kind/name or name" : "write ns/name or name");
    }

    private SelectedEnd? Selected(Fields fields, MappingNode node)
    {
        var (pods, namespaces, name) = (Selector(fields, "pods"), Selector(fields, "namespaces"), fields.Text("namespace"));
        if (name?.Length == 0) throw new InputException("namespace is empty");
        if ((pods is null && fields["pods"] is not null) || (namespaces is null && fields["namespaces"] is not null)) return null;
        var own = namespaces is null ? name ?? defaultNamespace : null;
        var where = own is null ? $"namespaces {namespaces}" : $"namespace {own}";
        return new SelectedEnd(
            pods ?? LabelSelector.Everything, own, namespaces, pods is null or { IsEverything: true } ? $"pods of {where}" : $"pods {pods} of {where}", node.In(scope.File));
    }

    private LabelSelector? Selector(Fields fields, string field)
    {
        if (fields[field] is not { } node) return null;
        if (node is ScalarNode { Kind: ScalarKind.Text } text) return SelectorSyntax.Parse(text.Text);
        scope.WrongType(node, "a selector as kubectl has it, such as app=web,tier in (a,b)");
        return null;
    }
}
