using System.Text.Json;

namespace Ringfence.Model.Tests;

/// <summary>The shared cases in <c>../shared/corpus</c>, beside the repository.</summary>
internal static class Corpus
{
    private const string File = "../shared/corpus/validation/networkpolicy-cases.json";
    private const string Missing = $"{File} is not there";

    /// <summary>The validation corpus, or null where it is not there.</summary>
    public static JsonElement? Validation { get; } = Read();

    /// <summary>The named list of the corpus, one row a case; a single row that is skipped where the corpus is not there.</summary>
    public static IEnumerable<TheoryDataRow<string>> Names(string list, Func<JsonElement, bool>? where = null)
    {
        if (Validation is not { } corpus) return [new TheoryDataRow<string>(Missing)];
        return corpus.GetProperty(list).EnumerateArray()
            .Where(where ?? (_ => true))
            .Select(row => new TheoryDataRow<string>(row.GetProperty("name").GetString()!));
    }

    /// <summary>The case of that name; skips the test where the corpus is not there.</summary>
    public static JsonElement Case(string list, string name)
    {
        Assert.SkipWhen(name == Missing, Missing);
        return Validation!.Value.GetProperty(list).EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
    }

    private static JsonElement? Read()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Ringfence.slnx"))) folder = folder.Parent;
        var path = Path.Combine(folder?.FullName ?? "", File);
        if (!System.IO.File.Exists(path)) return null;
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}
