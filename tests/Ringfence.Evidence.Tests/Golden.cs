namespace Ringfence.Evidence.Tests;

/// <summary>Whole outputs that are kept in <c>Golden/</c>. RINGFENCE_UPDATE_GOLDEN=1 writes them anew.</summary>
internal static class Golden
{
    public static void Matches(string name, string text)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ringfence.slnx"))) folder = Path.GetDirectoryName(folder.TrimEnd('/'))!;
        var file = Path.Combine(folder, "tests", "Ringfence.Evidence.Tests", "Golden", name);
        if (Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file), $"{file} is missing; RINGFENCE_UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(file), text);
    }
}
