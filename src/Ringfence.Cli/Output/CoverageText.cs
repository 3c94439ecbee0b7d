using System.Globalization;
using Ringfence.Analysis;
using Ringfence.Analysis.Expectations;

namespace Ringfence.Cli.Output;

/// <summary>Coverage in words and numbers.</summary>
internal static class CoverageText
{
    /// <summary>How many rules are exercised.</summary>
    public static string Rules(CoverageReport report) =>
        $"{report.Rules - report.UnusedRules.Length} of {Counted.Of(report.Rules, "rule")} exercised ({Percent(report.Rules - report.UnusedRules.Length, report.Rules)})";

    /// <summary>How many pairs are mentioned.</summary>
    public static string Pairs(CoverageReport report) =>
        $"{report.Pairs - report.UnmentionedPairs.Length} of {Counted.Of(report.Pairs, "open pair")} mentioned ({Percent(report.Pairs - report.UnmentionedPairs.Length, report.Pairs)})";

    /// <summary>Whole percent, rounded down so that 100% is everything.</summary>
    public static string Percent(long some, long all) => (all == 0 ? 100 : 100 * some / all).ToString(CultureInfo.InvariantCulture) + "%";
}
