using Xunit;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>The folder of cases that others made; it lies beside the repository.</summary>
internal static class CorpusFolder
{
    /// <summary>What a theory has for its only row where the corpus is missing.</summary>
    public const string Missing = "(the corpus is not here)";

    private static readonly string? Root = FindRoot();

    /// <summary>The path of a file or folder of the corpus; null where the corpus is missing.</summary>
    public static string? Find(string name) => Root is null ? null : Path.Combine(Root, name);

    /// <summary>The path of a file or folder of the corpus; the running test is skipped where the corpus is missing.</summary>
    public static string Need(string name)
    {
        Assert.SkipWhen(Root is null, "the folder ../shared/corpus is not beside the repository");
        return Path.Combine(Root, name);
    }

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Ringfence.slnx")))
                return Path.Combine(folder.Parent!.FullName, "shared", "corpus") is var corpus && Directory.Exists(corpus) ? corpus : null;
        return null;
    }
}
