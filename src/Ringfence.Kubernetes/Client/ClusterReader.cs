using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Client;

/// <summary>
/// Reads a cluster once: everything that answers are made from. Where the user may not list pods or policies in all namespaces, only one namespace is read,
/// so that no policy is missing that selects a pod that is there; other kinds that may not be listed are left out, and both is told.
/// </summary>
public sealed class ClusterReader
{
    // A server has more to do.
    private const int AtOnce = 4;

    private static readonly ImmutableArray<ResourceType> BuiltIn =
    [
        ReadTypes.Namespaces, ReadTypes.Nodes, ReadTypes.Pods, .. ReadTypes.Workloads, ReadTypes.Services, ReadTypes.EndpointSlices, ReadTypes.Ingresses,
        ReadTypes.NetworkPolicies,
    ];

    private readonly ApiClient _client;
    private readonly ClusterReadOptions _options;
    private int _count;

    private ClusterReader(ApiClient client, ClusterReadOptions options) => (_client, _options) = (client, options);

    /// <summary>Reads it.</summary>
    /// <exception cref="ApiException">The server refuses what cannot be done without.</exception>
    /// <exception cref="ClusterException">The server cannot be talked to, or its answers are none.</exception>
    public static async Task<ClusterContents> ReadAsync(ApiClient client, ClusterReadOptions options, CancellationToken cancellation)
    {
        try
        {
            return await new ClusterReader(client, options).ReadAsync(cancellation);
        }
        catch (Exception problem) when (problem is IOException or TimeoutException or InvalidDataException or HttpRequestException)
        {
            throw new ClusterException($"the server {client.Access.Server.GetLeftPart(UriPartial.Authority)} failed to answer: {problem.Message}", problem);
        }
    }

    private async Task<ClusterContents> ReadAsync(CancellationToken cancellation)
    {
        // One answer before many questions: what is wrong with the connection is told once.
        var types = BuiltIn.AddRange(await OtherPoliciesAsync(cancellation));
        var parts = await ReadAsync(types, null, cancellation);
        string? only = null;
        if (parts.FirstOrDefault(part => IsEssential(part.Type) && part.Refusal is not null) is { } refused)
        {
            if (_options.AllNamespaces) throw refused.Refusal!;
            only = _options.Namespace;
            parts = await ReadAsync(types, only, cancellation);
            if (parts.FirstOrDefault(part => IsEssential(part.Type) && part.Refusal is not null) is { } again) throw again.Refusal!;
        }

        return Join(parts, only);
    }

    private static bool IsEssential(ResourceType type) => type == ReadTypes.Pods || type == ReadTypes.NetworkPolicies;

    private async Task<KindContents[]> ReadAsync(ImmutableArray<ResourceType> types, string? @namespace, CancellationToken cancellation)
    {
        _count = 0;
        using var turns = new SemaphoreSlim(AtOnce);
        return await Task.WhenAll(types.Select(async type =>
        {
            await turns.WaitAsync(cancellation);
            try
            {
                return await Task.Run(() => ReadAsync(type, @namespace, cancellation), cancellation);
            }
            finally
            {
                turns.Release();
            }
        }));
    }

    private async Task<KindContents> ReadAsync(ResourceType type, string? @namespace, CancellationToken cancellation)
    {
        var contents = new KindContents(type, _options);
        try
        {
            if (@namespace is not null && type == ReadTypes.Namespaces)
            {
                if (await _client.FindAsync(type, "", @namespace, cancellation) is { } own) contents.Add(own);
                return contents;
            }

            var (_, tooBig) = await _client.ListAsync(
                type, new ObjectSelection { Namespace = @namespace }, contents.Clear, json =>
                {
                    contents.Add(json);
                    if (Interlocked.Increment(ref _count) % 1000 == 0) _options.Progress?.Invoke(_count);
                },
                cancellation);
            contents.Finish(tooBig);
        }
        catch (ApiException problem) when (problem.Code == 403)
        {
            contents.Refusal = problem;
        }
        catch (ApiException problem) when (problem.Code is 404 or 405)
        {
            // Not served: there are none.
        }

        return contents;
    }

    private async Task<IEnumerable<ResourceType>> OtherPoliciesAsync(CancellationToken cancellation)
    {
        try
        {
            var groups = ApiGroups.Read(await _client.GetAsync("apis", cancellation));
            return ReadTypes.OtherPolicies
                .Where(type => groups.ContainsKey(type.Group))
                .Select(type => groups[type.Group].Contains(type.Version) ? type : type with { Version = groups[type.Group][0] });
        }
        catch (ApiException problem) when (problem.Code is 403 or 404)
        {
            return ReadTypes.OtherPolicies;
        }
    }

    private ClusterContents Join(KindContents[] parts, string? only)
    {
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        if (only is not null)
            Warn($"you may not list {string.Join(" and ", parts.Where(part => IsEssential(part.Type)).Select(part => part.Type))} in all namespaces: namespace {only} is read alone, and pods elsewhere are not known");
        foreach (var part in parts)
        {
            diagnostics.AddRange(part.Diagnostics);
            if (part.Refusal is { } refusal && !(only is not null && !part.Type.IsNamespaced && part.Type == ReadTypes.Namespaces))
                Warn($"{part.Type} are left out, because you may not list them: {refusal.Message}");
            else if (part.Refusal is not null) Warn($"the labels of namespace {only} are not known, because you may not read it");
        }

        _options.Progress?.Invoke(_count);
        return new ClusterContents(
            new ClusterObjects
            {
                Namespaces = Of<Namespace>(),
                Nodes = Of<Node>(),
                Pods = Of<Pod>(),
                Workloads = Of<Workload>(),
                Services = Of<Service>(),
                EndpointSlices = Of<EndpointSlice>(),
                Ingresses = Of<Ingress>(),
                NetworkPolicies = Of<NetworkPolicy>(),
                Unevaluated = Of<UnevaluatedPolicy>(),
            },
            diagnostics.ToImmutable(), only);

        void Warn(string message) => diagnostics.Add(new Diagnostic(Severity.Warning, "not-readable", message, default));

        ImmutableArray<T> Of<T>()
            where T : KubernetesObject =>
            [.. parts.Where(part => part.Objects is [T, ..]).SelectMany(part => part.Objects).Cast<T>()];
    }
}
