using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ringfence.Agent;
using Ringfence.Dataplane;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Evidence.Probes;
using Ringfence.Lab.Daemon;
using Ringfence.Lab.Network;
using Ringfence.Lab.Planning;
using Ringfence.Lab.Processes;
using Ringfence.Lab.Services;
using Ringfence.Lab.Sockets;
using Ringfence.Model;

namespace Ringfence.Lab;

/// <summary>A node of a lab.</summary>
/// <param name="Node">The node as an object, with its addresses and pod ranges.</param>
/// <param name="Network">Its network namespace.</param>
/// <param name="Agent">What enforces there; null where the lab does not enforce.</param>
public sealed record LabNode(Node Node, NetworkNamespace Network, NodeAgent? Agent);

/// <summary>A running pod of a lab.</summary>
/// <param name="Pod">The pod as an object: Running, with addresses and node.</param>
/// <param name="Network">Its network namespace; its node's for a pod on the host's network.</param>
/// <param name="Interface">The name of its interface on the node; null for a pod on the host's network.</param>
public sealed record LabPod(Pod Pod, NetworkNamespace Network, string? Interface);

/// <summary>
/// One machine as a cluster: nodes and pods are network namespaces, an outside namespace stands for the internet. Everything hangs off handles
/// of this process and ends with it.
/// </summary>
/// <remarks>Its properties may be read by any thread; changes are made one after another.</remarks>
public sealed class LabCluster : IAsyncDisposable
{
    private readonly LabPlanner _planner;
    private readonly bool _isLed;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly PodProcesses _processes = new();
    private readonly SocketProber _prober;
    private LabPlan? _plan;
    private LabNetwork? _network;
    private ImmutableArray<ServiceTable> _services = [];
    private CompiledState _compiled = CompiledState.Empty;
    private ImmutableDictionary<string, TableView> _views = ImmutableDictionary<string, TableView>.Empty;
    private volatile Exception? _halfChanged;
    private bool _disposed;

    /// <summary>How it was asked for.</summary>
    public LabOptions Options { get; }

    /// <summary>What the user asked for, last.</summary>
    public ClusterObjects Input { get; private set; }

    /// <summary>What is there: the input with running pods that have addresses and nodes, Services with cluster addresses, nodes, DNS.</summary>
    public ClusterObjects State { get; private set; } = ClusterObjects.Empty;

    /// <summary>The state compiled: what is to be enforced. Of a lab that an API server leads, compiled when it is asked for.</summary>
    public Reachability Reachability => _compiled.Cluster;

    /// <summary>Where the lab differs from what was asked for, in sentences.</summary>
    public ImmutableArray<string> Notes { get; private set; } = [];

    /// <summary>The nodes.</summary>
    public ImmutableArray<LabNode> Nodes { get; private set; } = [];

    /// <summary>The pods by namespace and name (<c>ns/name</c>).</summary>
    public ImmutableSortedDictionary<string, LabPod> Pods { get; private set; } = ImmutableSortedDictionary.Create<string, LabPod>(StringComparer.Ordinal);

    /// <summary>The addresses of the outside world, where every TCP and UDP port answers.</summary>
    public ImmutableArray<Address> OutsideAddresses { get; private set; } = [];

    /// <summary>The outside world.</summary>
    public NetworkNamespace Outside => _network!.Outside;

    /// <summary>The pods that cannot be, by <c>ns/name</c>, each with why; of a lab that an API server leads.</summary>
    internal ImmutableArray<(string Pod, string Why)> Unplaced => _plan?.Unplaced ?? [];

    /// <summary>What a node is to enforce, compiled; null where the lab does not enforce.</summary>
    internal NodeProgram? ProgramOf(LabNode node) =>
        node.Agent is { } agent ? agent.Program : Options.Enforce ? _compiled.ProgramOf(node.Node.Name) : null;

    /// <summary>What a node's kernel enforces; null where the lab does not enforce.</summary>
    internal NodeRules? RulesOf(LabNode node) =>
        ProgramOf(node) is not { } program ? null : node.Agent is not null ? program.Rules : _views[node.Node.Name].Read(program.Rules);

    /// <summary>What the counters of a node's rules stand at.</summary>
    internal ImmutableSortedDictionary<string, CounterValue> CountersOf(LabNode node) =>
        node.Agent is { } agent ? agent.Table.ReadCounters() : _views[node.Node.Name].ReadCounters();

    /// <summary>The nodes whose kernels do not have exactly what they are to enforce.</summary>
    internal ImmutableArray<string> Behind()
    {
        if (!_isLed || !Options.Enforce) return [];
        var compiled = _compiled;
        var behind = new ConcurrentBag<string>();
        Together.Do(Nodes, node =>
        {
            if (!_views[node.Node.Name].Has(compiled.ProgramOf(node.Node.Name).Rules)) behind.Add(node.Node.Name);
        });
        return [.. behind.Order(StringComparer.Ordinal)];
    }

    /// <summary>Why the lab can change no more, where a change failed half way; null where it can.</summary>
    internal Exception? Failure => _halfChanged is { } problem ? HalfChanged(problem) : null;

    /// <summary>The log of a pod; null where it does not run.</summary>
    internal Logs.PodLog? LogOf(string pod) => _processes.LogOf(pod);

    /// <summary>Told what others changed on a node and was put back, or could not be; on any thread.</summary>
    internal Action<string>? Report { get; set; }

    /// <summary>Told the name and network of every pod that comes, before it has an interface; on several threads.</summary>
    internal Action<string, NetworkNamespace>? PodComing { get; set; }

    /// <summary>Told the name of every pod that goes, before its link is cut.</summary>
    internal Action<string>? PodGoing { get; set; }

    /// <summary>Makes probes from its pods and from outside.</summary>
    public IProber Prober => _prober;

    private LabCluster(LabOptions options, ClusterObjects input, bool isLed)
    {
        (Options, Input, _isLed) = (options, input, isLed);
        _planner = new LabPlanner(options, isLed);
        _prober = new SocketProber(NetworkOf);
    }

    /// <summary>Builds a lab and waits until its pods listen and its policies are in force.</summary>
    /// <param name="options">What it is like.</param>
    /// <param name="input">The objects that it runs.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Gives up; nothing is left.</param>
    /// <exception cref="MachineException">The machine lacks something.</exception>
    public static async Task<LabCluster> StartAsync(LabOptions options, ClusterObjects input, IProgress<string>? progress, CancellationToken cancellation)
    {
        return await StartAsync(new LabCluster(options, input, isLed: false), progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Builds a lab that is led by an API server: only what is assigned to its nodes runs, and agents in processes of their own enforce.</summary>
    /// <param name="options">What it is like.</param>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Gives up; nothing is left.</param>
    internal static Task<LabCluster> StartLedAsync(LabOptions options, ClusterObjects nodes, IProgress<string>? progress, CancellationToken cancellation) =>
        StartAsync(new LabCluster(options, nodes, isLed: true), progress, cancellation);

    private static async Task<LabCluster> StartAsync(LabCluster lab, IProgress<string>? progress, CancellationToken cancellation)
    {
        try
        {
            await Task.Run(() => lab.Build(progress, cancellation), cancellation).ConfigureAwait(false);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes the lab run other objects: pods, Services and policies that are new come, those that are gone go, others stay as they are.</summary>
    /// <param name="input">All objects, not only those that are new.</param>
    /// <param name="cancellation">Gives up before anything is changed; a change that has begun is finished.</param>
    /// <exception cref="LabException">The lab cannot be so, and is as it was; or a change failed half way, and the lab is to be disposed of.</exception>
    /// <exception cref="MachineException">The machine lacks something. Where that was seen half way the message says so, and the lab is to be disposed of.</exception>
    public async Task ApplyAsync(ClusterObjects input, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_halfChanged is { } problem) throw HalfChanged(problem);
            await Task.Run(() => Change(_planner.Plan(input), null, CancellationToken.None), cancellation).ConfigureAwait(false);
            Input = input;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Takes everything down.</summary>
    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed) return;
            _disposed = true;
            _prober.Dispose();
            _processes.Dispose();
            foreach (var table in _services) table.Dispose();
            foreach (var node in Nodes) node.Agent?.Dispose();
            foreach (var view in _views.Values) view.Dispose();
            _network?.Dispose();
        }
        finally
        {
            _changing.Release();
        }
    }

    private void Build(IProgress<string>? progress, CancellationToken cancellation)
    {
        var plan = _planner.Plan(Input);
        cancellation.ThrowIfCancellationRequested();
        progress?.Report($"making {Counted(plan.Nodes.Length, "node")}");
        _network = LabNetwork.Create(Options, plan.Nodes);
        Nodes = [.. plan.Nodes.Select(node => new LabNode(node.Node, _network.NodeAt(node.Number), AgentOf(node)))];
        _services = [.. Nodes.Select(node => new ServiceTable(node.Network, problem => Report?.Invoke($"{node.Node.Name}: {problem}")))];
        if (_isLed && Options.Enforce) _views = Nodes.ToImmutableDictionary(node => node.Node.Name, node => TableView.Open(node.Network));
        Change(plan, progress, cancellation);
    }

    /// <summary>Where the source of a probe is: a pod, a node, or the outside.</summary>
    private NetworkNamespace? NetworkOf(ProbeEnd end) => end.IsPod
        ? Pods.GetValueOrDefault(end.Name)?.Network
        : Nodes.FirstOrDefault(node => node.Node.Addresses.Contains(end.Address))?.Network ?? (OutsideAddresses.Contains(end.Address) ? Outside : null);

    private NodeAgent? AgentOf(PlannedNode node) => !Options.Enforce || _isLed
        ? null
        : new NodeAgent(_network!.NodeAt(node.Number), new NodeAgentOptions { Rules = new RuleOptions { LogAllowed = Options.LogAllowed }, Revoke = Options.Revoke });

    /// <summary>Makes the plan true. What fails before anything is changed leaves the lab as it was.</summary>
    private void Change(LabPlan plan, IProgress<string>? progress, CancellationToken cancellation)
    {
        OpenFiles.Allow(plan);
        var compiled = new CompiledState(plan);
        if (!_isLed) _ = compiled.Cluster;
        try
        {
            Change(plan, compiled, progress, cancellation);
        }
        catch (Exception problem) when (_plan is not null)
        {
            _halfChanged = problem;
            Notes = Notes.Add($"a change failed half way, and the lab has to be taken down: {problem.Message}");
            throw HalfChanged(problem);
        }
    }

    private Exception HalfChanged(Exception problem)
    {
        var message = $"a change failed half way, and the lab is neither as before nor as asked for: {problem.Message}";
        var way = $"Take it down, and up again:   ringfence lab down{LabConnection.Option(Options.Name)}";
        return problem is MachineException machine
            ? new MachineException(message, machine.Remedy is { } remedy ? $"{remedy}\n{way}" : way, problem)
            : new LabException(message, problem, way);
    }

    /// <summary>
    /// Links of pods that go are cut before their rules go, and rules of pods that come are there before their links: no packet of a pod is
    /// ever without its rules.
    /// </summary>
    private void Change(LabPlan plan, CompiledState compiled, IProgress<string>? progress, CancellationToken cancellation)
    {
        var before = _plan?.Pods.Values.Where(pod => pod.Interface is not null).ToDictionary(pod => pod.Pod.QualifiedName, StringComparer.Ordinal) ?? [];
        var now = plan.Pods.Values.Where(pod => pod.Interface is not null).ToDictionary(pod => pod.Pod.QualifiedName, StringComparer.Ordinal);
        var going = before.Values.Where(pod => !now.TryGetValue(pod.Pod.QualifiedName, out var next) || !pod.HasNetworkOf(next)).ToList();
        var coming = now.Values.Where(pod => !before.TryGetValue(pod.Pod.QualifiedName, out var last) || !pod.HasNetworkOf(last)).ToList();

        foreach (var pod in going) PodGoing?.Invoke(pod.Pod.QualifiedName);
        _processes.End(going);
        _network!.RemovePods(going);
        if (!_isLed) progress?.Report($"enforcing {Counted(plan.State.NetworkPolicies.Length, "policy", "policies")}");
        if (!_isLed) Together.Do(plan.Nodes, node => Nodes[node.Number - 1].Agent?.Update(compiled.Cluster, plan.ScopeOf(node)), cancellation);
        if (!_isLed) progress?.Report($"starting {Counted(coming.Count, "pod")}");
        _network.RemoveOutside(plan.OddAddresses.Select(odd => odd.Address));
        _network.RouteOdd(plan.OddAddresses);
        _network.AddPods(coming, PodComing, cancellation);
        if (_plan is null || !IsOutsideAsBefore(_plan, plan)) OutsideAddresses = OutsidePlan.Choose(compiled.Cluster, plan, Options.Families);
        _network.AddOutside(OutsideAddresses);
        Pods = plan.Pods.ToImmutableSortedDictionary(
            item => item.Key,
            item => new LabPod(item.Value.Pod, item.Value.Interface is null ? _network.NodeAt(item.Value.Node) : _network.PodNamed(item.Key), item.Value.Interface),
            StringComparer.Ordinal);
        _processes.UpdateNames(plan.State, OutsideAddresses);
        _processes.Update(Pods, cancellation);
        _processes.UpdateOutside(_network, OutsideAddresses);
        LoadServices(plan, compiled.Snapshot);
        (_plan, State, _compiled, Notes) = (plan, plan.State, compiled, plan.Notes);
    }

    // The ranges that policies tell apart change with the policies alone.
    private bool IsOutsideAsBefore(LabPlan before, LabPlan now) =>
        _isLed && !before.OddAddresses.Any() && !now.OddAddresses.Any() && before.State.NetworkPolicies.AsSpan().SequenceEqual(now.State.NetworkPolicies.AsSpan(), ReferenceEqualityComparer.Instance);

    private static string Counted(int count, string one, string? many = null) => $"{count} {(count == 1 ? one : many ?? one + "s")}";

    private void LoadServices(LabPlan plan, Snapshot state) =>
        Together.Do(plan.Nodes, node => _services[node.Number - 1].Load(ServiceScript.Write(state, node, Options.Families)));
}
