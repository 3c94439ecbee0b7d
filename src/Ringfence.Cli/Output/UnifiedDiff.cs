namespace Ringfence.Cli.Output;

/// <summary>Writes what differs between two texts in the form that <c>git apply</c> and <c>patch -p1</c> take.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The difference, hunk by hunk; empty where there is none.</summary>
    /// <param name="path">The file, from the folder where the patch is to be applied.</param>
    /// <param name="before">The text as it is.</param>
    /// <param name="after">The text as it is to be.</param>
    public static IEnumerable<string> Lines(string path, string before, string after)
    {
        var (old, @new) = (Split(before), Split(after));
        var steps = Compare(old, @new);
        if (steps.TrueForAll(step => step.Kind == ' ')) yield break;
        path = path.Replace('\\', '/').TrimStart('/');
        // A tab tells programs where a name with blanks ends.
        var end = path.Contains(' ') ? "\t" : "";
        yield return $"--- a/{path}{end}";
        yield return $"+++ b/{path}{end}";
        for (var i = 0; i < steps.Count;)
        {
            if (steps[i].Kind == ' ')
            {
                i++;
                continue;
            }

            var first = Math.Max(i - Context, 0);
            var last = i;
            for (var j = i; j < steps.Count && j <= last + (2 * Context) + 1; j++)
                if (steps[j].Kind != ' ') last = j;
            var hunk = steps.GetRange(first, Math.Min(last + Context + 1, steps.Count) - first);
            yield return $"@@ -{Range(hunk, '+', step => step.Old)} +{Range(hunk, '-', step => step.New)} @@";
            foreach (var step in hunk)
            {
                var line = step.Kind == '+' ? @new[step.New] : old[step.Old];
                yield return step.Kind + line.TrimEnd('\n');
                if (!line.EndsWith('\n')) yield return "\\ No newline at end of file";
            }

            i = first + hunk.Count;
        }
    }

    private static string Range(List<Step> hunk, char other, Func<Step, int> line)
    {
        var count = hunk.Count(step => step.Kind != other);
        return $"{line(hunk[0]) + (count == 0 ? 0 : 1)},{count}";
    }

    private static string[] Split(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) + 1;
            if (end == 0) end = text.Length;
            lines.Add(text[start..end]);
            start = end;
        }

        return [.. lines];
    }

    // Myers' algorithm: its cost grows with the difference, not with the text.
    private static List<Step> Compare(string[] old, string[] @new)
    {
        var most = old.Length + @new.Length;
        var reach = new Dictionary<int, int> { [1] = 0 };
        var history = new List<Dictionary<int, int>>();
        for (var edits = 0; edits <= most; edits++)
        {
            history.Add(new Dictionary<int, int>(reach));
            for (var k = -edits; k <= edits; k += 2)
            {
                var x = k == -edits || (k != edits && reach.GetValueOrDefault(k - 1, -1) < reach.GetValueOrDefault(k + 1, -1)) ? reach[k + 1] : reach[k - 1] + 1;
                var y = x - k;
                while (x < old.Length && y < @new.Length && old[x] == @new[y]) (x, y) = (x + 1, y + 1);
                reach[k] = x;
                if (x >= old.Length && y >= @new.Length) return Trace(history, old.Length, @new.Length);
            }
        }

        return [];
    }

    private static List<Step> Trace(List<Dictionary<int, int>> history, int x, int y)
    {
        var steps = new List<Step>();
        for (var edits = history.Count - 1; edits >= 0; edits--)
        {
            var reach = history[edits];
            var k = x - y;
            var isInsertion = k == -edits || (k != edits && reach.GetValueOrDefault(k - 1, -1) < reach.GetValueOrDefault(k + 1, -1));
            var previous = isInsertion ? k + 1 : k - 1;
            var (fromX, fromY) = (reach[previous], reach[previous] - previous);
            for (; x > fromX && y > fromY; x--, y--) steps.Add(new Step(' ', x - 1, y - 1));
            if (edits > 0) steps.Add(isInsertion ? new Step('+', fromX, fromY) : new Step('-', fromX, fromY));
            (x, y) = (fromX, fromY);
        }

        steps.Reverse();
        return steps;
    }

    /// <summary>A line that stays, goes (<c>-</c>) or comes (<c>+</c>), and where both texts are at it.</summary>
    private readonly record struct Step(char Kind, int Old, int New);
}
