using System.Text;
using Ringfence.Analysis;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Linting;

/// <summary><c>lint --fix</c>: shows the mechanical mends as a patch, and makes them where the user says so.</summary>
internal sealed class LintFix(LintChoices lint)
{
    private readonly Terminal _terminal = lint.Choices.Terminal;

    /// <summary>Runs it.</summary>
    /// <param name="isAgreed">Whether nobody needs to be asked.</param>
    public int Run(bool isAgreed)
    {
        if (lint.Choices.Format is not (OutputFormat.Table or OutputFormat.Wide))
            throw new CommandException("--fix shows a patch; it has no other form", "Leave -o out, or --fix.");
        if (lint.Choices.Cluster is not null) throw new CommandException("--fix mends manifests, not a running cluster", "Name the manifests that the cluster is made from with -f.");
        var texts = new List<ManifestText>();
        var input = ClusterInput.Load(lint.Choices, texts.Add);
        var report = lint.Lint(input);
        var mending = new Mending(lint, texts);
        var left = mending.Run(report);
        var files = mending.Changed;
        if (!isAgreed || files.Count == 0) Show(files);
        TellRefused(mending);
        if (files.Count == 0)
        {
            _terminal.Tell(Severity.Note, report.Findings.IsEmpty ? "nothing found, nothing to mend" : "no finding has a mend that could be made here; 'ringfence lint' without --fix shows what to do");
            return input.Code(lint.Code(report));
        }

        var what = $"{Counted.Of(mending.Mended, "mend")} in {Counted.Of(files.Count, "file")}";
        if (!isAgreed && !Ask($"apply {what}? [y/N] "))
        {
            _terminal.Tell(Severity.Note, $"{what} shown, nothing written; --fix --yes makes them, and so does 'git apply' or 'patch -p1' from this folder. {left.Counts()} afterwards");
            return input.Code(lint.Code(report));
        }

        FileReplacement.Write(files);
        _terminal.Tell(Severity.Note, $"{what} made");
        new LintText(lint, ManifestLines.OfFiles).Write(left);
        _terminal.Flush();
        return input.Code(lint.Code(left));
    }

    private void Show(IReadOnlyList<(string Path, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After)> files)
    {
        foreach (var (path, before, after) in files)
            foreach (var line in UnifiedDiff.Lines(Shown(path), Encoding.UTF8.GetString(before.Span), Encoding.UTF8.GetString(after.Span)))
                _terminal.Out.Write(_terminal.Paint(line, StyleOf(line)) + "\n");
        _terminal.Flush();
    }

    private void TellRefused(Mending mending)
    {
        foreach (var refused in mending.Refused)
            _terminal.Tell(Severity.Warning, $"{refused.Finding.Location}: {refused.Finding.Rule.Id} {refused.Finding.Rule.Slug} cannot be mended by itself: {refused.Reason}");
    }

    // Somebody must be there to see the patch and to answer.
    private bool Ask(string question)
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected || !_terminal.IsWatched) return false;
        _terminal.Error.Write(question);
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private static Style StyleOf(string line) => line switch
    {
        ['+', '+', '+', ..] or ['-', '-', '-', ..] => Style.Strong,
        ['+', ..] => Style.Good,
        ['-', ..] => Style.Bad,
        ['@', ..] => Style.Faint,
        _ => Style.Plain,
    };
}
