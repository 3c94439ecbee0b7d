using System.Runtime.InteropServices;
using Ringfence.Cli.CommandLine;

namespace Ringfence.Cli.Linting;

/// <summary>Puts other content into a file, at once or not at all: readers see the old or the new. Its mode and owner stay, and a link stays a link.</summary>
internal static partial class FileReplacement
{
    /// <summary>Checks that files are still as they were read, and writes them.</summary>
    /// <exception cref="CommandException">A file has changed, or cannot be written.</exception>
    public static void Write(IReadOnlyList<(string Path, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After)> files)
    {
        foreach (var (path, before, _) in files)
            if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(before.Span))
                throw new CommandException($"{path} has changed since it was read; nothing is written", "Run the command again.");
        foreach (var (path, _, after) in files) Write(path, after.Span);
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        var temporary = Path.Join(Path.GetDirectoryName(target), $".{Path.GetFileName(target)}.{Guid.NewGuid():N}");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            KeepModeAndOwner(target, temporary);
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new CommandException($"{path} cannot be written: {exception.Message}");
        }
    }

    private static void KeepModeAndOwner(string from, string to)
    {
        if (OperatingSystem.IsWindows()) return;
        if (OperatingSystem.IsLinux() && OwnerOf(from) is { } owner && OwnerOf(to) != owner && lchown(to, owner.User, owner.Group) != 0)
            throw new IOException("its owner is another, and would not stay so");
        File.SetUnixFileMode(to, File.GetUnixFileMode(from));
    }

    // The layout of struct statx is the same on every architecture: man 2 statx.
    private static (uint User, uint Group)? OwnerOf(string path)
    {
        const int UserAndGroup = 0x18;
        Span<byte> buffer = stackalloc byte[256];
        return statx(-100, path, 0, UserAndGroup, buffer) == 0 ? (MemoryMarshal.Read<uint>(buffer[20..]), MemoryMarshal.Read<uint>(buffer[24..])) : null;
    }

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, Span<byte> buffer);
}
