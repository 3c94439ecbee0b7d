using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Ringfence.Dataplane;

namespace Ringfence.Lab.Execution;

/// <summary>Makes one thread, and what it starts, see the machine as a pod does. Nothing of it can be seen from elsewhere, and it ends with them.</summary>
/// <remarks>mount_namespaces(7), resolv.conf(5), nsswitch.conf(5).</remarks>
internal static unsafe class PodView
{
    // Covered for a moment, in this view alone, to have a place for files that is on no disk.
    private const string Scratch = "/tmp";
    private const string ResolvConf = "/etc/resolv.conf";

    // The wget of containers gives up when the time is over; the one of this machine begins again, twenty times.
    private const string Wgetrc = "tries = 1\n";

    // Where the C library asks services of the host, which would answer with the host's names.
    private static readonly string[] HostServices = ["/var/run/nscd", "/run/systemd/resolve", "/run/avahi-daemon"];

    /// <summary>Moves the calling thread for good. Never call it on a thread of the pool.</summary>
    /// <exception cref="MachineException">The machine lacks something.</exception>
    /// <exception cref="Win32Exception">The kernel refuses, usually because the process is not root.</exception>
    public static void Enter(PodPlace place)
    {
        place.Network.Enter();
        Check(Native.unshare(Native.CLONE_NEWNS | Native.CLONE_NEWUTS), "make a view of the file system");
        Mount("none", "/", null, Native.MS_REC | Native.MS_PRIVATE);
        foreach (var service in HostServices.Where(Directory.Exists)) Mount("tmpfs", service, "tmpfs", 0);

        // Found before its target may be among what is covered.
        var resolvConf = Target(ResolvConf);
        Mount("tmpfs", Scratch, "tmpfs", 0);
        Put(resolvConf, place.ResolvConf, isNeeded: true);
        Put("/etc/hosts", place.Hosts);
        Put("/etc/hostname", place.HostName + "\n");
        Put("/etc/wgetrc", Wgetrc);
        Check(Native.umount2(Scratch, Native.MNT_DETACH), $"uncover {Scratch}");
        var name = Encoding.UTF8.GetBytes(place.HostName);
        fixed (byte* bytes = name) Check(Native.sethostname(bytes, (nuint)name.Length), "name the host");
    }

    /// <summary>Lays a file with a text over another.</summary>
    private static void Put(string path, string text, bool isNeeded = false)
    {
        if (!File.Exists(path))
        {
            if (HostServices.Any(service => path.StartsWith(service + "/", StringComparison.Ordinal)) && Directory.Exists(Path.GetDirectoryName(path))) File.WriteAllText(path, text);
            else if (isNeeded) throw new MachineException($"there is no {path}, so a pod's own cannot be laid over it", $"touch {path}");
            return;
        }

        var file = Path.Combine(Scratch, Path.GetFileName(path));
        File.WriteAllText(file, text);
        Mount(file, path, null, Native.MS_BIND);
    }

    // A link leads there, on many machines to a file of systemd-resolved.
    private static string Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static void Mount(string source, string target, string? type, int flags) =>
        Check(Native.mount(source, target, type, (nuint)flags, null), $"lay {source} over {target}");

    private static void Check(int result, string what)
    {
        if (result >= 0) return;
        var code = Marshal.GetLastPInvokeError();
        throw new Win32Exception(code, $"cannot {what}: {Marshal.GetPInvokeErrorMessage(code)}");
    }
}
