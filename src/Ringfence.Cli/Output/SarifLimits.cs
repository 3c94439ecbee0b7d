using System.IO.Compression;
using System.Text;

namespace Ringfence.Cli.Output;

/// <summary>Keeps a SARIF file within what GitHub's code scanning takes, the worst results first.</summary>
/// <remarks>https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning#validating-your-sarif-file</remarks>
internal static class SarifLimits
{
    /// <summary>Results in a run; a file with more is refused.</summary>
    public const int Results = 25_000;

    /// <summary>Results that are shown of those.</summary>
    public const int ShownResults = 5_000;

    /// <summary>Rules in a run.</summary>
    public const int Rules = 25_000;

    /// <summary>Tags of a rule; half as many are shown.</summary>
    public const int Tags = 20;

    /// <summary>Characters of a rule's short and full description.</summary>
    public const int Description = 1024;

    /// <summary>Bytes of the file, packed with gzip.</summary>
    public const int PackedBytes = 10_000_000;

    /// <summary>Writes a run, without the results that are too many, and tells what was left out.</summary>
    /// <param name="run">The run.</param>
    /// <param name="output">Gets the file.</param>
    /// <param name="tell">Gets what was left out, a sentence each.</param>
    /// <param name="packedBytes">How big the file may be, packed.</param>
    public static void Write(SarifRun run, TextWriter output, Action<string> tell, int packedBytes = PackedBytes)
    {
        var count = run.Results.Length;
        var kept = Worst(run, Math.Min(count, Results));
        var text = Render(kept);
        while (kept.Results.Length > 0 && PackedLength(text) > packedBytes)
        {
            kept = Worst(run, kept.Results.Length / 2);
            text = Render(kept);
        }

        output.Write(text);
        if (kept.Results.Length < count)
            tell($"{count:N0} results are more than code scanning takes ({Results:N0}, {PackedBytes / 1_000_000} MB packed); the SARIF file has the {kept.Results.Length:N0} worst of them");
        if (kept.Results.Length > ShownResults)
            tell($"code scanning will show only the {ShownResults:N0} worst of the {kept.Results.Length:N0} results");
    }

    private static SarifRun Worst(SarifRun run, int most) => run.Results.Length <= most
        ? run
        : run with { Results = [.. run.Results.OrderBy(result => result.Suppression is not null).ThenByDescending(result => result.Severity).Take(most)] };

    private static string Render(SarifRun run)
    {
        using var text = new StringWriter { NewLine = "\n" };
        using (var writer = new JsonOutput(text)) new SarifOutput(writer).Write(run);
        return text.ToString();
    }

    private static long PackedLength(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.Length;
    }
}
