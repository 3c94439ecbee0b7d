using System.Collections.Immutable;
using Ringfence.Analysis.Generation;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Writes policies as manifests: YAML for people, with comments, or a List in JSON for <c>kubectl apply</c>.</summary>
internal static class PolicyManifests
{
    private const string ApiVersion = "networking.k8s.io/v1";
    private const int Width = 118;

    /// <summary>Writes documents of YAML.</summary>
    public static void WriteYaml(TextWriter output, IReadOnlyList<GeneratedPolicy> policies)
    {
        for (var i = 0; i < policies.Count; i++)
        {
            if (i > 0) output.Write("---\n");
            WriteYaml(output, policies[i]);
        }
    }

    /// <summary>Writes one List.</summary>
    public static void WriteJson(StructuredWriter writer, IReadOnlyList<GeneratedPolicy> policies)
    {
        writer.StartObject();
        writer.Field("apiVersion", "v1");
        writer.Field("kind", "List");
        writer.List("items", policies, policy =>
        {
            writer.Field("apiVersion", ApiVersion);
            writer.Field("kind", "NetworkPolicy");
            writer.Object("metadata", () =>
            {
                writer.Field("name", policy.Name);
                writer.Field("namespace", policy.Namespace);
            });
            writer.Object("spec", () =>
            {
                writer.Object("podSelector", () => Selector(writer, policy.PodSelector));
                writer.List("policyTypes", Types(policy));
                if (!policy.Ingress.IsEmpty) Rules(writer, "ingress", "from", policy.Ingress);
                if (!policy.Egress.IsEmpty) Rules(writer, "egress", "to", policy.Egress);
            });
        });
        writer.EndObject();
    }

    private static void WriteYaml(TextWriter output, GeneratedPolicy policy)
    {
        foreach (var comment in policy.Comments) Comment(output, "", comment);
        output.Write($"apiVersion: {ApiVersion}\nkind: NetworkPolicy\nmetadata:\n");
        output.Write($"  name: {YamlOutput.Scalar(policy.Name)}\n  namespace: {YamlOutput.Scalar(policy.Namespace)}\nspec:\n");
        Selector(output, "  ", "podSelector", policy.PodSelector);
        output.Write($"  policyTypes: [{string.Join(", ", Types(policy))}]\n");
        Rules(output, "ingress", "from", policy.Ingress);
        Rules(output, "egress", "to", policy.Egress);
    }

    private static IEnumerable<string> Types(GeneratedPolicy policy)
    {
        if (policy.AffectsIngress) yield return "Ingress";
        if (policy.AffectsEgress) yield return "Egress";
    }

    private static void Rules(TextWriter output, string direction, string peers, ImmutableArray<GeneratedRule> rules)
    {
        if (rules.IsEmpty) return;
        output.Write($"  {direction}:\n");
        foreach (var rule in rules)
        {
            if (rule.Comment is { } comment) Comment(output, "  ", comment);
            if (rule.Peers.IsEmpty && rule.Ports.IsEmpty)
            {
                output.Write("  - {}\n");
                continue;
            }

            if (!rule.Peers.IsEmpty) output.Write($"  - {peers}:\n");
            foreach (var peer in rule.Peers)
            {
                if (peer.Comment.Length > 0) Comment(output, "    ", peer.Comment);
                Peer(output, peer.Peer);
            }

            if (!rule.Ports.IsEmpty) output.Write(rule.Peers.IsEmpty ? "  - ports:\n" : "    ports:\n");
            foreach (var port in rule.Ports) Port(output, port);
        }
    }

    private static void Peer(TextWriter output, PolicyPeer peer)
    {
        var dash = "    - ";
        if (peer.IpBlock is { } block)
        {
            output.Write($"{dash}ipBlock:\n        cidr: {YamlOutput.Scalar(block.Cidr.ToString())}\n");
            if (!block.Except.IsEmpty) output.Write("        except:\n");
            foreach (var except in block.Except) output.Write($"        - {YamlOutput.Scalar(except.ToString())}\n");
            return;
        }

        if (peer.NamespaceSelector is { } namespaces)
        {
            Selector(output, dash, "namespaceSelector", namespaces);
            dash = "      ";
        }

        if (peer.PodSelector is { } pods) Selector(output, dash, "podSelector", pods);
    }

    private static void Port(TextWriter output, PolicyPort port)
    {
        var dash = "    - ";
        if (!port.IsEveryPort)
        {
            output.Write($"{dash}port: {(port.Name is { } name ? YamlOutput.Scalar(name) : $"{port.First}")}\n");
            dash = "      ";
        }

        if (port.Last > port.First) output.Write($"{dash}endPort: {port.Last}\n");
        output.Write($"{dash}protocol: {port.Protocol.ToText()}\n");
    }

    private static void Selector(TextWriter output, string indent, string name, LabelSelector selector)
    {
        if (selector.IsEverything)
        {
            output.Write($"{indent}{name}: {{}}\n");
            return;
        }

        output.Write($"{indent}{name}:\n");
        var inner = new string(' ', indent.Length) + "  ";
        var (labels, expressions) = Apart(selector);
        if (labels.Count > 0) output.Write($"{inner}matchLabels:\n");
        foreach (var label in labels) output.Write($"{inner}  {YamlOutput.Scalar(label.Key)}: {YamlOutput.Scalar(label.Values[0])}\n");
        if (expressions.Count > 0) output.Write($"{inner}matchExpressions:\n");
        foreach (var expression in expressions)
        {
            output.Write($"{inner}- key: {YamlOutput.Scalar(expression.Key)}\n{inner}  operator: {expression.Operator}\n");
            if (!expression.Values.IsEmpty) output.Write($"{inner}  values: [{string.Join(", ", expression.Values.Select(Quoted))}]\n");
        }
    }

    // Inside brackets a comma ends a value.
    private static string Quoted(string value) => YamlOutput.Scalar(value) is var scalar && scalar.StartsWith('"') ? scalar : $"\"{value}\"";

    private static void Selector(StructuredWriter writer, LabelSelector selector)
    {
        var (labels, expressions) = Apart(selector);
        if (labels.Count > 0)
            writer.Object("matchLabels", () =>
            {
                foreach (var label in labels) writer.Field(label.Key, label.Values[0]);
            });
        if (expressions.Count > 0)
            writer.List("matchExpressions", expressions, expression =>
            {
                writer.Field("key", expression.Key);
                writer.Field("operator", expression.Operator.ToString());
                if (!expression.Values.IsEmpty) writer.List("values", expression.Values);
            });
    }

    private static void Rules(StructuredWriter writer, string direction, string peers, ImmutableArray<GeneratedRule> rules) =>
        writer.List(direction, rules, rule =>
        {
            if (!rule.Peers.IsEmpty)
                writer.List(peers, rule.Peers, peer =>
                {
                    if (peer.Peer.NamespaceSelector is { } namespaces) writer.Object("namespaceSelector", () => Selector(writer, namespaces));
                    if (peer.Peer.PodSelector is { } pods) writer.Object("podSelector", () => Selector(writer, pods));
                    if (peer.Peer.IpBlock is not { } block) return;
                    writer.Object("ipBlock", () =>
                    {
                        writer.Field("cidr", block.Cidr.ToString());
                        if (!block.Except.IsEmpty) writer.List("except", block.Except.Select(except => except.ToString()));
                    });
                });
            if (rule.Ports.IsEmpty) return;
            writer.List("ports", rule.Ports, port =>
            {
                if (port.Name is { } name) writer.Field("port", name);
                else if (!port.IsEveryPort) writer.Field("port", port.First);
                if (port.Last > port.First) writer.Field("endPort", port.Last);
                writer.Field("protocol", port.Protocol.ToText());
            });
        });

    // A label has one value; what else is asked of labels is an expression.
    private static (List<Requirement> Labels, List<Requirement> Expressions) Apart(LabelSelector selector)
    {
        var labels = selector.Requirements.Where(requirement => requirement is { Operator: SelectorOperator.In, Values.Length: 1 }).DistinctBy(requirement => requirement.Key).ToList();
        return (labels, [.. selector.Requirements.Except(labels)]);
    }

    private static void Comment(TextWriter output, string indent, string text)
    {
        foreach (var line in PlainText.Wrap(PlainText.Clean(text), Width - indent.Length)) output.Write($"{indent}# {line}\n");
    }
}
