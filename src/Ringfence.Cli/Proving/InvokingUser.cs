using System.Globalization;
using System.Runtime.InteropServices;

namespace Ringfence.Cli.Proving;

/// <summary>The user who has become root with sudo: files that are made for them are theirs.</summary>
internal static partial class InvokingUser
{
    /// <summary>Gives a file or folder to that user; to nobody where sudo did not start this process.</summary>
    public static void Give(string path)
    {
        if (!Environment.IsPrivilegedProcess || Id("SUDO_UID") is not { } user || Id("SUDO_GID") is not { } group) return;
        // Where it cannot be given away, root keeps it, and the file is no worse for that.
        _ = lchown(path, user, group);
    }

    private static uint? Id(string variable) =>
        uint.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);
}
