using System.Globalization;

namespace Ringfence.Cli.Output;

/// <summary>
/// The hashes by which GitHub's code scanning knows lines again after others were added above them: over the hundred characters that begin with the line,
/// blanks left out, and how many lines before had the same.
/// </summary>
/// <remarks>https://github.com/github/codeql-action/blob/main/src/fingerprints.ts: the upload action makes the same ones, and warns of others.</remarks>
internal static class LineHashes
{
    private const int Block = 100;
    private const ulong Factor = 37;
    private const char EndOfFile = '\uffff';

    /// <summary>The hash of each line.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var hashes = new List<string>();
        var counts = new Dictionary<ulong, int>();
        var window = new char[Block];
        var isLineStart = new bool[Block];
        var (hash, at, atLineStart, afterReturn) = (0UL, 0, true, false);
        foreach (var c in text) Take(c);
        Take(EndOfFile);
        for (var i = 0; i < Block; i++) Push('\0', isStart: false);
        return hashes;

        void Take(char c)
        {
            if (c is ' ' or '\t' || (afterReturn && c == '\n'))
            {
                afterReturn = false;
                return;
            }

            afterReturn = c == '\r';
            if (afterReturn) c = '\n';
            Push(c, atLineStart);
            atLineStart = c == '\n';
        }

        // The window is full of a line when its first character is about to leave.
        void Push(char c, bool isStart)
        {
            if (isLineStart[at])
            {
                var number = counts[hash] = counts.GetValueOrDefault(hash) + 1;
                hashes.Add(string.Create(CultureInfo.InvariantCulture, $"{hash:x}:{number}"));
            }

            isLineStart[at] = isStart;
            hash = unchecked((Factor * hash) + c - (Leaving * window[at]));
            window[at] = c;
            at = (at + 1) % Block;
        }
    }

    // Factor to the power of Block: what the character that leaves has become.
    private static readonly ulong Leaving = Enumerable.Range(0, Block).Aggregate(1UL, (product, _) => unchecked(product * Factor));
}
