using System.Text;
using System.Text.RegularExpressions;

namespace Ringfence.Architecture.Tests;

/// <summary>
/// What README.md and docs/ show is what happens: each ```console block is run as one script from the root of the repository, and its
/// output (both streams) is compared. With RINGFENCE_UPDATE_GOLDEN=1 the output is written into the pages instead.
/// </summary>
public partial class DocumentationTests
{
    private const string Boundary = "=== the output of one command ends here ===";

    private static readonly bool Updates = Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1";

    public static TheoryData<string> Pages =>
        ["README.md", .. Directory.Exists(Repository.At("docs")) ? Repository.Files("docs", "*.md").Select(Repository.Name) : []];

    [Theory, MemberData(nameof(Pages))]
    public async Task Page_ShowsWhatTheCommandsPrint(string page)
    {
        Shell.Require();
        var path = Repository.At(page);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.SkipWhen(SendsPackets().IsMatch(text) && !Environment.IsPrivilegedProcess, "the page sends real packets: needs root");

        var actual = await WithActualOutput(text);

        if (Updates && Timeless(actual) != Timeless(text)) await File.WriteAllTextAsync(path, actual, TestContext.Current.CancellationToken);
        else Assert.Equal(Timeless(text), Timeless(actual));
    }

    // Evidence is named by the time of its making.
    private static string Timeless(string text) => TimeInName().Replace(text, "-TIME");

    [GeneratedRegex(@"-\d{8}T\d{6}Z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TimeInName();

    [GeneratedRegex(@"^\$ \./ringfence (prove|lab) (?!.*--(plan|help))", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SendsPackets();

    [Theory, MemberData(nameof(Pages))]
    public void Page_LinksToWhatIsThere(string page)
    {
        var folder = Path.GetDirectoryName(Repository.At(page))!;
        var broken = File.ReadAllText(Repository.At(page)).Split("](").Skip(1)
            .Select(rest => rest[..rest.IndexOf(')', StringComparison.Ordinal)])
            .Where(target => !target.Contains("://", StringComparison.Ordinal))
            .Select(target => target.Split('#')[0])
            .Where(target => target.Length > 0 && !Path.Exists(Path.Combine(folder, target)));

        Assert.Empty(broken);
    }

    private static async Task<string> WithActualOutput(string page)
    {
        var actual = new StringBuilder();
        var block = new List<string>();
        var isConsole = false;
        foreach (var line in page.Split('\n'))
        {
            if (isConsole && line == "```")
            {
                foreach (var shown in await Run(block)) actual.Append(shown).Append('\n');
                isConsole = false;
            }

            if (isConsole) block.Add(line);
            else actual.Append(line).Append('\n');

            if (line != "```console") continue;
            isConsole = true;
            block.Clear();
        }

        // The last line of the split has no line end of its own.
        return actual.ToString(0, actual.Length - 1);
    }

    /// <summary>The block as it should be: its commands, each followed by what it prints.</summary>
    private static async Task<List<string>> Run(List<string> block)
    {
        var commands = new List<string>();
        foreach (var line in block)
            if (line.StartsWith("$ ", StringComparison.Ordinal)) commands.Add(line);
            else if (commands.Count > 0 && commands[^1].EndsWith('\\')) commands[^1] += "\n" + line;

        // A command sees the exit code of the one before it, as in a terminal.
        var script = "true\n" + string.Concat(commands.Select(command => $"{{ {command[2..]}\n}} 2>&1\nstatus=$?\necho '{Boundary}'\n(exit $status)\n"));
        var (_, output, error) = await Shell.Run(Repository.Root, script, ("NO_COLOR", "1"), ("COLUMNS", "140"));
        Assert.Empty(error);
        var shown = new List<string>();
        foreach (var (command, result) in commands.Zip(output.Split(Boundary + "\n")))
        {
            shown.AddRange(command.Split('\n'));
            if (result.Length > 0) shown.AddRange(result.TrimEnd('\n').Split('\n'));
        }

        return shown;
    }
}
