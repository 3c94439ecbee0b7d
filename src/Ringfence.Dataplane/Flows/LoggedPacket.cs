using System.Globalization;

namespace Ringfence.Dataplane.Flows;

/// <summary>What the rules decided about a logged packet.</summary>
public enum LoggedVerdict
{
    /// <summary>The destination's rules denied it.</summary>
    IngressDenied,

    /// <summary>The source's rules denied it.</summary>
    EgressDenied,

    /// <summary>It was let through.</summary>
    Allowed,
}

/// <summary>The prefix that a rule logs with: <c>ringfence I 3f2a 17</c>.</summary>
/// <param name="Verdict">The letter: <c>I</c>, <c>E</c> or <c>A</c>.</param>
/// <param name="Ruleset">The ruleset's id; empty where the prefix has none.</param>
/// <param name="Generation">The rules' generation; 0 where the prefix has none.</param>
public readonly record struct LogPrefix(LoggedVerdict Verdict, string Ruleset, long Generation)
{
    private const string Word = "ringfence";

    /// <summary>The key of <see cref="Compilation.NodeProgram.Rulesets"/>.</summary>
    public string Key => $"{(Verdict == LoggedVerdict.IngressDenied ? 'I' : Verdict == LoggedVerdict.EgressDenied ? 'E' : 'A')} {Ruleset}";

    /// <summary>Reads a prefix; false for one of another program.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out LogPrefix prefix)
    {
        prefix = default;
        Span<Range> words = stackalloc Range[4];
        var count = text.Split(words, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count < 2 || text[words[0]] is not Word) return false;
        LoggedVerdict? verdict = text[words[1]] switch
        {
            "I" => LoggedVerdict.IngressDenied,
            "E" => LoggedVerdict.EgressDenied,
            "A" => LoggedVerdict.Allowed,
            _ => null,
        };
        if (verdict is null) return false;
        var generation = 0L;
        if (count > 3) _ = long.TryParse(text[words[3]], NumberStyles.None, CultureInfo.InvariantCulture, out generation);
        prefix = new LogPrefix(verdict.Value, count > 2 ? text[words[2]].ToString() : "", generation);
        return true;
    }
}

/// <summary>A packet that a rule logged.</summary>
/// <param name="Time">When it was logged, or read where the kernel did not say.</param>
/// <param name="Prefix">Which rule logged it.</param>
/// <param name="Header">The packet.</param>
public sealed record LoggedPacket(DateTimeOffset Time, LogPrefix Prefix, PacketHeader Header)
{
    /// <summary>The interface that it came from, by index on the node; 0 where none.</summary>
    public int InInterface { get; init; }

    /// <summary>The interface that it would leave through, by index on the node; 0 where none.</summary>
    public int OutInterface { get; init; }

    /// <summary>The packet's mark.</summary>
    public uint Mark { get; init; }

    /// <summary>How many packets this one stands for.</summary>
    public int Count { get; init; } = 1;
}
