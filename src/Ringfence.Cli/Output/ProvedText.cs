using Ringfence.Analysis;
using Ringfence.Evidence.Records;

namespace Ringfence.Cli.Output;

/// <summary>What packets showed of expectations, for people.</summary>
internal static class ProvedText
{
    private const int MostBroken = 10;

    /// <summary>Writes it: a line a case, and below one that is broken the packets.</summary>
    public static void Write(Terminal terminal, IEnumerable<ExpectationRecord> expectations)
    {
        terminal.Out.Write($"\n{terminal.Paint("EXPECTATIONS", Style.Heading)}  what packets showed of them\n");
        foreach (var item in expectations.GroupBy(expectation => expectation.Case))
        {
            var (word, style) = item.Any(one => one.Result == ExpectationRecord.Failed) ? ("FAIL", Style.Bad)
                : item.Any(one => one.Result == ExpectationRecord.NotCovered) ? ("?   ", Style.Doubtful)
                : ("PASS", Style.Good);
            terminal.Out.Write($"{terminal.Paint(word, style)}  {PlainText.Clean(item.Key)}  {terminal.Paint($"({Counted.Of(item.Sum(one => one.Probes), "probe")})", Style.Faint)}\n");
            foreach (var one in item)
            {
                if (one.Result == ExpectationRecord.NotCovered) terminal.Out.Write($"  {PlainText.Clean($"{one.Location}")}: no probe says anything about it\n");
                if (one.Broken.IsEmpty) continue;
                terminal.Out.Write($"  {PlainText.Clean($"{one.Location}")}: {one.Broken.Length} of {Counted.Of(one.Probes, "probe")} saw something else\n");
                foreach (var broken in one.Broken.Take(MostBroken))
                    terminal.Out.Write($"    {PlainText.Clean($"{broken.Source} -> {broken.Destination}")}  {broken.Protocol} {broken.Port}  expected {broken.Expected}, {ProbeWords.Describe(broken.Observed)}\n");
                if (one.Broken.Length > MostBroken) terminal.Out.Write($"    and {one.Broken.Length - MostBroken} more, see the evidence\n");
            }
        }
    }
}
