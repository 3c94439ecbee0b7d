using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Netlink;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Agent;

/// <summary>
/// A node agent whose cluster is a set of manifest files: it enforces what they say and follows their changes. A state with errors is not
/// enforced; what was enforced before stays in force until the errors are mended.
/// </summary>
/// <param name="agent">Enforces.</param>
/// <param name="node">The node's name.</param>
/// <param name="files">Files and folders.</param>
/// <param name="tell">Told what was done, and what went wrong.</param>
public sealed class ManifestAgent(NodeAgent agent, string node, ImmutableArray<string> files, Action<Severity, string> tell)
{
    /// <summary>The annotation of a pod that names its interface on the node.</summary>
    public const string InterfaceAnnotation = "ringfence.dev/interface";

    // Editors write a file in several steps.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(10);

    // A change that no event told of is seen after this time.
    private static readonly TimeSpan LookAnyway = TimeSpan.FromSeconds(2);

    private ImmutableHashSet<string> _problems = [];

    // What was read last; null where it has errors.
    private (Reachability Cluster, NodeScope Scope, int Policies)? _state;

    /// <summary>Enforces what the files say now.</summary>
    /// <returns>Whether it is in force.</returns>
    public bool Update()
    {
        _state = null;
        var manifests = ManifestReader.Read(files, new ManifestOptions());
        foreach (var diagnostic in manifests.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error)) tell(Severity.Error, $"{diagnostic.Location}: {diagnostic.FieldError?.ToString() ?? diagnostic.Message}");
        if (manifests.HasErrors)
        {
            tell(Severity.Error, "the manifests have errors: what was enforced before stays in force");
            return false;
        }

        _state = (Reachability.Compile(Snapshot.Create(manifests.Objects)), ScopeOf(manifests.Objects), manifests.Objects.NetworkPolicies.Length);
        return Enforce();
    }

    /// <summary>Enforces what the files say, at once and after each change, until cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        using var changed = new SemaphoreSlim(0);
        var watchers = files.Where(file => file != "-").Select(file => Watch(file, changed)).ToList();
        try
        {
            while (true)
            {
                var stamps = FileStamps.Of(files);
                Update();
                var isTold = await changed.WaitAsync(LookAnyway, cancellation).ConfigureAwait(false);
                while (!isTold && FileStamps.Of(files).AreThoseOf(stamps))
                {
                    // Nothing to read. Somebody may have changed the kernel's rules, or the kernel have refused.
                    Enforce();
                    isTold = await changed.WaitAsync(LookAnyway, cancellation).ConfigureAwait(false);
                }

                if (isTold) await Task.Delay(Settling, cancellation).ConfigureAwait(false);
                while (changed.Wait(0, CancellationToken.None))
                {
                    // Several events, one update.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What is in force stays.
        }
        finally
        {
            foreach (var watcher in watchers) watcher.Dispose();
        }
    }

    private bool Enforce()
    {
        if (_state is not var (cluster, scope, policies)) return false;
        try
        {
            var update = agent.Update(cluster, scope);
            TellOnce([.. agent.ProblemsOf(scope)]);
            if (!update.Table.IsEmpty || update.Flows is { Cut.IsEmpty: false })
                tell(Severity.Note, $"in force: {policies} policies, {agent.Program!.Rulesets.Count} rulesets, {update.Flows?.Cut.Length ?? 0} flows cut");
            return true;
        }
        catch (NetlinkException refusal)
        {
            tell(Severity.Error, $"the kernel refused, what was enforced before stays in force: {refusal.Message}");
            return false;
        }
    }

    // What is not mended yet is not told at every look.
    private void TellOnce(ImmutableHashSet<string> problems)
    {
        foreach (var problem in problems.Except(_problems).Order(StringComparer.Ordinal)) tell(Severity.Warning, problem);
        _problems = problems;
    }

    private static FileSystemWatcher Watch(string file, SemaphoreSlim changed)
    {
        var isFolder = Directory.Exists(file);
        var watcher = isFolder
            ? new FileSystemWatcher(file) { IncludeSubdirectories = true }
            : new FileSystemWatcher(Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFileName(file));
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.Deleted += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private NodeScope ScopeOf(ClusterObjects objects)
    {
        var here = objects.Pods.Where(pod => pod.NodeName == node && !pod.IsFinished && !pod.Network.HostNetwork).ToList();
        var ranges = objects.Nodes.FirstOrDefault(item => item.Name == node)?.PodCidrs ?? [];

        // A pod with an address from elsewhere is guarded too.
        var others = here.SelectMany(pod => pod.Addresses)
            .Where(address => !ranges.Any(range => range.Contains(address)))
            .Select(address => new Prefix(address, Address.Bits(address.Family)));
        return new NodeScope(node, [.. ranges, .. others],
            [.. from pod in here
                let name = pod.Annotations[InterfaceAnnotation]
                where name is not null && IsInterface(pod, name)
                select new LocalPod(pod.Namespace, pod.Name, name)]);
    }

    // It stays closed, as a pod without the annotation does, and the other pods' policies are enforced.
    private bool IsInterface(Pod pod, string name)
    {
        if (LocalPod.IsInterface(name)) return true;
        tell(Severity.Warning, $"pod {pod.QualifiedName} stays closed: its annotation {InterfaceAnnotation} is no name of an interface, which has at most 15 characters");
        return false;
    }
}
