namespace Ringfence.Bench.Generation;

/// <summary>What the policies of a generated cluster look like.</summary>
internal enum PolicyStyle
{
    /// <summary>The proportions of a dump of a large production cluster.</summary>
    Production,

    /// <summary>What kube-burner's network policy workload creates: many ports, ranges, remote namespaces and CIDRs in every policy.</summary>
    KubeBurner,
}

/// <summary>The size and character of a generated cluster.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Pods">Number of pods.</param>
/// <param name="Policies">Number of NetworkPolicies.</param>
/// <param name="Namespaces">Number of namespaces.</param>
/// <param name="Style">What the policies look like.</param>
/// <param name="Skewed">Whether a few namespaces hold most of the pods.</param>
/// <param name="TeamNamespaces">How many namespaces share one value of the label <c>team</c>; the broadest peers select by it.</param>
internal sealed record Shape(
    string Name, int Pods, int Policies, int Namespaces, PolicyStyle Style = PolicyStyle.Production, bool Skewed = false, int TeamNamespaces = 36)
{
    public static readonly IReadOnlyList<Shape> All =
    [
        new("1k", 1_000, 1_000, 10),
        new("10k", 10_000, 10_000, 100),
        new("100k", 100_000, 10_000, 1_000),
        new("1M", 1_000_000, 100_000, 10_000),
        new("real", 5_413, 13_678, 604, Skewed: true, TeamNamespaces: 120),
        new("kube-burner", 2_400, 4_800, 240, PolicyStyle.KubeBurner),
        new("giant", 20_000, 2_000, 1),
    ];

    /// <summary>The three numbers as the tables show them: pods / policies / namespaces.</summary>
    public string Size => $"{Short(Pods)}/{Short(Policies)}/{Short(Namespaces)}";

    /// <summary>Finds a shape by its name, or reads <c>pods/policies/namespaces</c> (<c>5k/1k/50</c>).</summary>
    public static Shape Parse(string text)
    {
        if (All.FirstOrDefault(shape => shape.Name == text) is { } known) return known;
        var parts = text.Split('/');
        if (parts.Length == 3 && TryCount(parts[0], out var pods) && TryCount(parts[1], out var policies) && TryCount(parts[2], out var namespaces)
            && namespaces > 0)
            return new Shape(text, pods, policies, namespaces);
        throw new FormatException(
            $"no shape '{text}': give one of {string.Join(", ", All.Select(shape => shape.Name))}, or pods/policies/namespaces such as 5k/1k/50");
    }

    private static bool TryCount(string text, out int count)
    {
        var factor = text.Length == 0 ? 1 : text[^1] switch { 'k' => 1_000, 'M' => 1_000_000, _ => 1 };
        var read = int.TryParse(factor == 1 ? text : text[..^1], out count) && count >= 0;
        count *= factor;
        return read;
    }

    private static string Short(int count) => count switch
    {
        >= 1_000_000 when count % 1_000_000 == 0 => $"{count / 1_000_000}M",
        >= 1_000 when count % 1_000 == 0 => $"{count / 1_000}k",
        _ => count.ToString(),
    };
}
