using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringfence.Agent;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Controllers;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Lab.Agents;
using Ringfence.Lab.Execution;
using Ringfence.Lab.Kubelet;
using Ringfence.Lab.Planning;
using Ringfence.Lab.Seeding;
using Ringfence.Model;

namespace Ringfence.Lab.Daemon;

/// <summary>A lab that kubectl drives: its API server with controllers, its kubelet, and an agent for each node in a process of its own.</summary>
internal sealed class ServedLab : IAsyncDisposable
{
    private const int InsidePort = 6443;

    private static readonly ResourceType Nodes = ResourceCatalog.OfKind("v1", "Node")!;
    private static readonly ResourceType Pods = ResourceCatalog.OfKind("v1", "Pod")!;
    private static readonly ResourceType Deployments = ResourceCatalog.OfKind("apps/v1", "Deployment")!;
    private static readonly ResourceType Services = ResourceCatalog.OfKind("v1", "Service")!;

    private readonly LabFolder _folder;
    private readonly TimeProvider _time;
    private readonly Action<string> _report;
    private readonly List<Socket> _sockets = [];
    private readonly List<AgentProcess> _agents = [];
    private readonly ProcessSpace _space = ProcessSpace.Create();
    private readonly ILoggerFactory _logs = AgentLogs.Create(json: false);
    private LabPodRuntime? _runtime;
    private EmbeddedApiServer? _server;
    private ControllerSet? _controllers;
    private LabKubelet? _kubelet;
    private OwnerAdoption _adoption = new();

    private ServedLab(LabFolder folder, LabCluster cluster, TimeProvider time, Action<string> report) => (_folder, Cluster, _time, _report) = (folder, cluster, time, report);

    /// <summary>What runs.</summary>
    public LabCluster Cluster { get; }

    /// <summary>The API.</summary>
    public IObjectApi Api => _server!.Api;

    /// <summary>The address of the API on this machine.</summary>
    public string Address => _server!.Address;

    /// <summary>The agents' processes; null for one that does not run at the moment.</summary>
    public IEnumerable<(string Node, int? Process)> Agents => _agents.Select(agent => (agent.Node, agent.ProcessId));

    /// <summary>Starts a lab. When it is there, what the manifests say is made so; <see cref="AwaitAsync"/> waits for it.</summary>
    /// <param name="folder">The lab's folder.</param>
    /// <param name="options">What the lab is like.</param>
    /// <param name="manifests">What it runs.</param>
    /// <param name="objects">The same, read.</param>
    /// <param name="program">The command that is this program.</param>
    /// <param name="time">The time.</param>
    /// <param name="report">Told what went wrong.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Gives up; nothing is left.</param>
    public static async Task<ServedLab> StartAsync(
        LabFolder folder, LabOptions options, SentManifests manifests, ClusterObjects objects, IReadOnlyList<string> program, TimeProvider time, Action<string> report,
        IProgress<string> progress, CancellationToken cancellation)
    {
        var planned = NodePlan.Choose(objects, options, []);
        var nodes = new ClusterObjects { Nodes = [.. planned.Select(node => node.Node)] };
        var cluster = await LabCluster.StartLedAsync(options, nodes, progress, cancellation).ConfigureAwait(false);
        var lab = new ServedLab(folder, cluster, time, report);
        try
        {
            await lab.ServeAsync(options, cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            progress.Report("giving the API what the manifests say");
            lab.Seed(manifests, objects, cancellation);
            lab._controllers!.Start();
            lab._kubelet!.Start();
            if (options.Enforce) lab.StartAgents(options, program);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds and changes objects as <c>kubectl apply</c> does.</summary>
    public (ImmutableArray<ObjectChange> Changes, ImmutableArray<string> Notes) Apply(SentManifests manifests)
    {
        var applier = new ApiApplier(Api);
        var changes = ImmutableArray.CreateBuilder<ObjectChange>();
        changes.AddRange(ApplyDefinitions(applier, manifests));
        var objects = OwnerAdoption.Complete(ManifestObjects.Read(manifests, Api.Kinds, out var left));
        foreach (var item in objects)
        {
            var (change, stored) = applier.Apply(_adoption.Adopt(item));
            _adoption.Learn(item, stored);
            changes.Add(change);
        }

        return (changes.ToImmutable(), [.. left.Select(kind => $"{kind.Value} of kind {kind.Key} left out: the lab's API has no such kind")]);
    }

    /// <summary>Takes objects away.</summary>
    /// <exception cref="LabException">One of them is not there; nothing is taken away.</exception>
    public ImmutableArray<ObjectChange> Delete(SentManifests manifests, ImmutableArray<ObjectName> names)
    {
        var wanted = ManifestObjects.Read(manifests, Api.Kinds, out _).Where(item => item.Name.Length > 0).Select(item => (item.Type, item.Namespace, item.Name))
            .Concat(names.Select(name => (TypeOf(name.Kind), name.Namespace, name.Name)))
            .Distinct().ToList();
        var absent = wanted.Where(item => Api.Find(item.Item1, item.Item1.IsNamespaced ? item.Namespace : "", item.Name) is null)
            .Select(item => new ObjectName(item.Item1.Kind, item.Item1.IsNamespaced ? item.Namespace : "", item.Name)).ToList();
        if (absent.Count > 0)
            throw new LabException($"there is no {string.Join(", no ", absent.Take(5))}{(absent.Count > 5 ? $" and {absent.Count - 5} more" : "")} in this lab; nothing is deleted");
        var applier = new ApiApplier(Api);
        return [.. Enumerable.Reverse(wanted).Select(item => applier.Delete(item.Item1, item.Item1.IsNamespaced ? item.Namespace : "", item.Name)).OfType<ObjectChange>()];
    }

    /// <summary>Has allowed connections logged on every node.</summary>
    public void LogAllowed()
    {
        foreach (var node in Cluster.Nodes)
            Api.Update(Nodes, "", node.Node.Name, value =>
            {
                var metadata = (JsonObject)value["metadata"]!;
                if (metadata["annotations"] is not JsonObject annotations) metadata["annotations"] = annotations = [];
                annotations[CompiledState.LogAllowed] = "true";
                return value;
            });
    }

    /// <summary>Waits until what the API says is so: controllers and kubelet have nothing left to do, and every node's kernel has what it is to enforce.</summary>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What is not so yet, in sentences.</returns>
    /// <exception cref="LabException">A change failed half way: it will never be so.</exception>
    /// <exception cref="Dataplane.MachineException">The same, for something that the machine lacks.</exception>
    public async Task<ImmutableArray<string>> AwaitAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var pause = TimeSpan.FromMilliseconds(10);
        var start = _time.GetTimestamp();
        while (true)
        {
            if (Cluster.Failure is { } failure) throw failure;
            var missing = Missing();
            if (missing.IsEmpty || _time.GetElapsedTime(start) > patience) return missing;
            await Task.Delay(pause, _time, cancellation).ConfigureAwait(false);
            if (pause < TimeSpan.FromMilliseconds(100)) pause *= 1.3;
        }
    }

    /// <summary>What does not run as it should, in sentences.</summary>
    public ImmutableArray<string> Notes()
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var (node, process) in Agents)
            if (process is null) notes.Add($"the agent of {node} does not run at the moment, and is started again; what it enforced stays in force");
        foreach (var pod in PodsNotRunning()) notes.Add(pod);
        return notes.ToImmutable();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_agents.Select(agent => agent.DisposeAsync().AsTask())).ConfigureAwait(false);
        if (_controllers is not null) await _controllers.DisposeAsync().ConfigureAwait(false);
        if (_kubelet is not null) await _kubelet.DisposeAsync().ConfigureAwait(false);
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        _logs.Dispose();
        foreach (var socket in _sockets) socket.Dispose();
        _space.Dispose();
        _runtime?.Dispose();
        await Cluster.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ServeAsync(LabOptions options, CancellationToken cancellation)
    {
        _runtime = new LabPodRuntime(Cluster, () => Api, _space, _time);
        Cluster.Report = _report;
        Cluster.PodGoing = _runtime.EndCommandsOf;
        var families = LabAddresses.Families(options.Families);
        var ranges = new ServiceRanges([.. families.Select(family => LabAddresses.Of(LabAddresses.Services, family))]);
        var inside = families.Select(family => new IPEndPoint(LabAddresses.Router(family).ToIPAddress(), InsidePort)).ToImmutableArray();
        foreach (var endpoint in inside) _sockets.Add(Listening(endpoint));
        var served = new EmbeddedApiServerOptions
        {
            DataFolder = _folder.Data,
            Listen = [new IPEndPoint(IPAddress.Loopback, options.ApiPort)],
            ListenHandles = [.. _sockets.Select(socket => socket.Handle)],
            Names = [.. inside.Select(endpoint => endpoint.Address.ToString()), .. ranges.Blocks.Select(block => ServiceRanges.ServerAddress(block).ToString())],
            Runtime = _runtime,
            Controllers = null,
            Admissions = ControllerAdmissions.Make(ranges, () => _server is null ? [] : Api.List(Services).Items),
            Time = _time,
            OnProblem = problem => _report($"API server: {problem}"),
        };
        try
        {
            _server = await EmbeddedApiServer.StartAsync(served, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            throw new LabException($"the lab's API cannot listen: {problem.Message}", problem, "--api-port N names another port; without it the lab takes one that is free.");
        }

        KubeConfigWriter.Write(_folder.Kubeconfig, $"ringfence-{options.Name}", Address, _server.CaPem, _server.IssueToken("kubernetes-admin", User.Masters));
        _controllers = new ControllerSet(
            Api, new ControllerOptions { ApiEndpoints = inside, RootCertificates = _server.CaPem, Services = ranges }, _logs.CreateLogger<ControllerSet>(), _time);
        _kubelet = new LabKubelet(Cluster, Api, _time, _report);
    }

    // Opened where pods can reach it; the server takes its connections like any others.
    private Socket Listening(IPEndPoint endpoint) => Cluster.Outside.Run(() =>
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endpoint.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
        socket.Bind(endpoint);
        socket.Listen();
        return socket;
    });

    private void Seed(SentManifests manifests, ClusterObjects objects, CancellationToken cancellation)
    {
        foreach (var _ in ApplyDefinitions(new ApiApplier(Api), manifests)) cancellation.ThrowIfCancellationRequested();
        var items = OwnerAdoption.Complete(ManifestObjects.Read(manifests, Api.Kinds, out var left));
        foreach (var (kind, count) in left) _report($"{count} of kind {kind} left out: the lab's API has no such kind");
        _kubelet!.Register(objects.Nodes.IsEmpty ? LabNodes.Demanded(items.Select(item => item.Value)) : []);
        foreach (var pod in objects.Pods)
            if (!pod.Addresses.IsEmpty && !pod.Network.HostNetwork) _kubelet.Hint(pod.QualifiedName, [.. pod.Addresses.Where(LabAddresses.IsForPods)]);
        var applier = new ApiApplier(Api);
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            if (item.Type.Equals(Nodes) || item.Type.Equals(Pods) && (string?)item.Value["status"]?["phase"] is "Succeeded" or "Failed") continue;
            var (_, stored) = applier.Apply(_adoption.Adopt(item));
            _adoption.Learn(item, stored);
        }

        AddDns(objects);
    }

    private void AddDns(ClusterObjects objects)
    {
        var hasPods = objects.Pods.Any(pod => !pod.IsFinished && ClusterDns.IsServer(pod)) || objects.Workloads.Any(ClusterDns.IsServer);
        if (!hasPods && Api.Find(Deployments, ClusterDns.Namespace, ClusterDns.Name) is null) Api.Create(Deployments, ClusterDnsObjects.Deployment);
        if (Api.Find(Services, ClusterDns.Namespace, ClusterDns.Name) is null) Api.Create(Services, ClusterDnsObjects.Service(Cluster.Options.Families));
    }

    private void StartAgents(LabOptions options, IReadOnlyList<string> program)
    {
        foreach (var node in Cluster.Nodes)
        {
            var kubeconfig = _folder.KubeconfigOf(node.Node.Name);
            KubeConfigWriter.Write(kubeconfig, $"ringfence-{options.Name}", Address, _server!.CaPem, _server.IssueToken($"ringfence:agent:{node.Node.Name}", User.Agents));
            _agents.Add(AgentProcess.Start(
                node.Node.Name,
                [
                    .. program, "agent", "--node", node.Node.Name, "--kubeconfig", kubeconfig, "--netns", node.Network.Path, "--end-with-stdin", "--health-bind-address", "0",
                    .. options.Revoke ? (string[])[] : ["--keep-flows"],
                ],
                _folder.LogOf(node.Node.Name), _time, _report));
        }
    }

    private ImmutableArray<string> Missing()
    {
        var version = Api.List(Pods).Version;
        if (!_controllers!.IsIdleAt(version)) return ["the controllers still work"];
        if (_kubelet!.SettledVersion < version) return ["pods are still being started or ended"];
        var waiting = PodsNotRunning();
        var isEnforcing = Cluster.Behind();
        if (isEnforcing.IsEmpty) return Api.List(Pods).Version == version ? [] : ["something changed meanwhile"];
        return [.. isEnforcing.Select(node => $"{node} does not enforce the last change yet (its agent says why: {_folder.LogOf(node)})"), .. waiting];
    }

    private ImmutableArray<string> PodsNotRunning()
    {
        var waiting = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pod in Api.List(Pods).Items)
        {
            if (Cluster.Pods.ContainsKey($"{pod.Namespace}/{pod.Name}")) continue;
            var value = pod.Parse();
            if ((string?)value["status"]?["phase"] is "Succeeded" or "Failed") continue;
            var why = (value["status"]?["conditions"] as JsonArray)?.OfType<JsonObject>()
                .Where(condition => (string?)condition["status"] == "False").Select(condition => (string?)condition["message"]).FirstOrDefault(message => !string.IsNullOrEmpty(message));
            if (!waiting.TryGetValue(why ?? "it is not on a node yet", out var names)) waiting.Add(why ?? "it is not on a node yet", names = []);
            names.Add($"{pod.Namespace}/{pod.Name}");
        }

        return [.. waiting.Select(item => $"{(item.Value.Count == 1 ? $"pod {item.Value[0]} does" : $"{item.Value.Count} pods, {item.Value[0]} among them, do")} not run: {item.Key}")];
    }

    // Kinds are there before their objects are read.
    private static IEnumerable<ObjectChange> ApplyDefinitions(ApiApplier applier, SentManifests manifests) =>
        ManifestObjects.ReadDefinitions(manifests).Select(item => applier.Apply(item).Change);

    private ResourceType TypeOf(string kind) =>
        Api.Kinds.All.FirstOrDefault(type => type.Kind == kind && type.KeptAs is null) ?? throw new LabException($"the lab's API has no kind {kind}");
}
