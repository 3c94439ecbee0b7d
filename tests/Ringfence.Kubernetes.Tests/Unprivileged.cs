using System.Runtime.InteropServices;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Kubernetes.Tests;

/// <summary>Reads as a user who may not read everything, also where the tests run as the superuser.</summary>
internal static class Unprivileged
{
    private const uint Nobody = 65534;

    public static ManifestSet Read(TempFolder folder)
    {
        if (!Environment.IsPrivilegedProcess || !OperatingSystem.IsLinux()) return folder.Read();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);

        // The file system's view of the user belongs to the thread, and ends with it.
        ManifestSet? set = null;
        var thread = new Thread(() =>
        {
            _ = SetFileSystemUser(Nobody);
            set = folder.Read();
        });
        thread.Start();
        thread.Join();
        return set!;
    }

#pragma warning disable SYSLIB1054 // Source generation would need unsafe code in a project of tests.
    [DllImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetFileSystemUser(uint user);
#pragma warning restore SYSLIB1054
}
