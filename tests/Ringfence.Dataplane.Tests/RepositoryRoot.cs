namespace Ringfence.Dataplane.Tests;

/// <summary>Finds files of the repository from the folder that the tests run in.</summary>
internal static class RepositoryRoot
{
    public static string Of(params ReadOnlySpan<string> parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Ringfence.slnx"))) return Path.Combine([folder.FullName, .. parts]);
        throw new DirectoryNotFoundException("the tests do not run inside the repository");
    }
}
