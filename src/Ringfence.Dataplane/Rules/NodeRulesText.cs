using System.Text;

namespace Ringfence.Dataplane.Rules;

/// <summary>Writes a node's rules as an nft script: for people, for golden files, and as what a digest of a ruleset is taken of.</summary>
/// <remarks>nft(8). <c>nft -f</c> loads it into a network namespace that has no such table yet.</remarks>
public static class NodeRulesText
{
    /// <summary>The script: counters, sets and maps with their elements, chains, each by name. The same rules are the same text.</summary>
    /// <exception cref="ArgumentException">A log prefix has characters that nft cannot read.</exception>
    public static string Write(NodeRules rules)
    {
        var text = new StringBuilder();
        text.Append("table inet ").Append(NodeRules.Table).Append(" {\n");
        foreach (var counter in rules.Counters) text.Append("  counter ").Append(counter).Append(" {}\n");
        foreach (var set in rules.Sets.Values) Write(text, set);
        foreach (var chain in rules.Chains.Values) Write(text, chain);
        return text.Append("}\n").ToString();
    }

    private static void Write(StringBuilder text, KernelSet set)
    {
        text.Append(set.IsVerdictMap ? "  map " : "  set ").Append(set.Name).Append(" {\n    type ");
        text.AppendJoin(" . ", SetFields.Of(set.Kind).Select(SetFields.TypeName));
        if (set.IsVerdictMap) text.Append(" : verdict");
        text.Append('\n');
        if (set.IsInterval) text.Append("    flags interval\n");
        if (!set.Elements.IsEmpty)
        {
            text.Append("    elements = {\n");
            foreach (var element in set.Elements) text.Append("      ").Append(ElementText.Of(set.Kind, element)).Append(",\n");
            text.Append("    }\n");
        }

        text.Append("  }\n");
    }

    private static void Write(StringBuilder text, Chain chain)
    {
        text.Append("  chain ").Append(chain.Name).Append(" {\n");
        if (chain.IsBase) text.Append("    type filter hook forward priority filter; policy accept;\n");
        foreach (var rule in chain.Rules) text.Append("    ").Append(RuleText.Of(rule)).Append('\n');
        text.Append("  }\n");
    }
}
