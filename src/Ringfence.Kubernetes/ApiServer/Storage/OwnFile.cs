namespace Ringfence.Kubernetes.ApiServer.Storage;

/// <summary>Files and folders that are for their owner alone.</summary>
internal static class OwnFile
{
    private const UnixFileMode FileMode0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder, with mode 0700, where it is missing; one that is there stays as it is.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, FileMode0600 | UnixFileMode.UserExecute);
    }

    /// <summary>Makes a file, with mode 0600.</summary>
    /// <exception cref="IOException">There is one.</exception>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileMode0600;
        return new FileStream(path, options);
    }

    /// <summary>Writes a whole file, with mode 0600: who reads it sees the old one or the new one, never a part.</summary>
    public static void Write(string path, string content)
    {
        var full = Path.GetFullPath(path);
        var part = $"{full}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            using (var writer = new StreamWriter(Create(part))) writer.Write(content);
            File.Move(part, full, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
