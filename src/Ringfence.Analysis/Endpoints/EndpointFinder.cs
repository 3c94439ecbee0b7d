using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Endpoints;

/// <summary>Finds what users name in a cluster.</summary>
public sealed class EndpointFinder(Snapshot snapshot)
{
    private readonly Lazy<ILookup<(string Namespace, string Name), (int Pod, WorkloadId Workload)>> _pods = new(() => snapshot.Pods
        .Select((pod, number) => (Pod: number, pod.Workload))
        .ToLookup(item => (item.Workload.Namespace, item.Workload.Name)));

    /// <summary>Finds an endpoint.</summary>
    /// <exception cref="InputException">There is none, or more than one.</exception>
    public Endpoint Find(EndpointText text) => text switch
    {
        NamedText named => FindPods(named),
        ServiceText service => FindService(service.Namespace, service.Name),
        AddressText address => FindAddress(address.Address),
        PrefixText prefix => FindRange(prefix.Text, new AddressRange(prefix.Prefix.First, prefix.Prefix.Last)),
        RangeText range => FindRange(range.Text, new AddressRange(range.First, range.Last)),
        NamespaceText all => FindNamespace(all),
        EveryoneText everyone => new EveryoneEndpoint(everyone.Text),
        _ => new OutsideEndpoint("external", null),
    };

    /// <summary>Finds a pod or workload.</summary>
    public PodsEndpoint FindPods(NamedText text)
    {
        var byWorkload = new Dictionary<WorkloadId, ImmutableArray<int>.Builder>();
        foreach (var (number, workload) in _pods.Value[(text.Namespace, text.Name)])
        {
            if (text.Kind is not null && !workload.Kind.Equals(text.Kind, StringComparison.OrdinalIgnoreCase)) continue;
            if (!byWorkload.TryGetValue(workload, out var pods)) byWorkload[workload] = pods = ImmutableArray.CreateBuilder<int>();
            pods.Add(number);
        }

        var found = byWorkload
            .Select(pair => new PodsEndpoint(text.Text, pair.Value.ToImmutable(), AsWorkload: pair.Key.Kind is not ("Pod" or "")))
            .ToList();
        var pod = text.Kind is null or "Pod" ? snapshot.FindPod(text.Namespace, text.Name) : -1;
        if (pod >= 0 && !found.Exists(endpoint => endpoint.Pods.Contains(pod))) found.Add(new PodsEndpoint(text.Text, [pod], AsWorkload: false));
        // A pod made from a template has no name of its own: what is named is the workload.
        return found switch
        {
            [var one] => one with { Name = $"{text.Namespace}/{text.Name}" },
            [] => throw NotFound(text),
            _ => throw new InputException(
                $"'{text.Text}' names more than one workload",
                $"Say which: {string.Join(" or ", byWorkload.Keys.Select(Qualified).Concat(pod >= 0 ? [$"{text.Namespace}/po/{text.Name}"] : []).Distinct().Order(StringComparer.Ordinal))}"),
        };
    }

    private NamespaceEndpoint FindNamespace(NamespaceText text)
    {
        if (text.Namespace is { } name && snapshot.FindNamespace(name) is null)
            throw new InputException($"there is no namespace '{name}' in the input",
                Likeness.Nearest(name, snapshot.Namespaces.Select(known => known.Name)) is { } nearest ? $"Did you mean {nearest}/*?" : NamespacesThere());
        var pods = Enumerable.Range(0, snapshot.Pods.Length).Where(i => text.Namespace is null || snapshot.Pods[i].Pod.Namespace == text.Namespace);
        return new NamespaceEndpoint(text.Text, text.Namespace, [.. pods]);
    }

    private OutsideEndpoint FindRange(string name, AddressRange range) => new(name, range) { Note = PodsWithin(name, range) };

    private Endpoint FindAddress(Address address)
    {
        var pod = snapshot.FindPod(address);
        if (pod >= 0)
        {
            var found = snapshot.Pods[pod].Pod;
            return new PodsEndpoint(found.QualifiedName, [pod], AsWorkload: false) { Note = $"{address} is the pod {found.QualifiedName}" };
        }

        foreach (var service in snapshot.Objects.Services)
            if (service.ClusterIPs.Contains(address))
                return FindService(service.Namespace, service.Name) with { Note = $"{address} is the Service {service.QualifiedName}" };

        var node = snapshot.Objects.Nodes.FirstOrDefault(node => node.Addresses.Contains(address))?.Name
            ?? snapshot.Pods.Where(pod => pod.Pod.HostAddresses.Contains(address)).Select(pod => pod.Pod.NodeName).FirstOrDefault();
        return new AddressEndpoint(address.ToString(), address) { Note = node is null ? null : $"{address} is the node {node}" };
    }

    private ServiceEndpoint FindService(string @namespace, string name)
    {
        foreach (var service in snapshot.Objects.Services)
            if (service.Name == name && service.Namespace == @namespace)
                return new ServiceEndpoint($"svc/{service.QualifiedName}", service);
        throw Missing($"there is no Service '{@namespace}/{name}' in the input", $"{@namespace}/{name}",
            snapshot.Objects.Services.Select(service => service.QualifiedName), prefix: "svc/");
    }

    private InputException NotFound(NamedText text)
    {
        if (text.Kind is not null)
        {
            var kinds = snapshot.Pods
                .Where(pod => pod.Workload.Namespace == text.Namespace && pod.Workload.Name == text.Name)
                .Select(pod => Qualified(pod.Workload)).Distinct().Order(StringComparer.Ordinal).ToList();
            if (kinds.Count > 0) return new InputException($"there is no {text.Kind} '{text.Namespace}/{text.Name}' in the input", $"Did you mean {string.Join(" or ", kinds)}?");
        }

        if (snapshot.Objects.Pods.FirstOrDefault(pod => pod.IsFinished && pod.Namespace == text.Namespace && pod.Name == text.Name) is { } finished)
            return new InputException($"the pod '{finished.QualifiedName}' has finished ({finished.Phase}), and takes no part");
        if (snapshot.Objects.Services.Any(service => service.Namespace == text.Namespace && service.Name == text.Name))
            return new InputException(
                $"there is no workload or pod '{text.Namespace}/{text.Name}' in the input, but a Service of that name",
                $"Did you mean svc/{text.Namespace}/{text.Name}?");
        var candidates = snapshot.Pods
            .SelectMany(pod => (string[])[pod.Workload.ToString(), pod.FromTemplate ? pod.Workload.ToString() : pod.Pod.QualifiedName])
            .Distinct(StringComparer.Ordinal);
        return Missing($"there is no workload or pod '{text.Namespace}/{text.Name}' in the input", $"{text.Namespace}/{text.Name}", candidates);
    }

    private InputException Missing(string message, string wanted, IEnumerable<string> candidates, string prefix = "")
    {
        var all = candidates.Order(StringComparer.Ordinal).ToList();
        var name = wanted[(wanted.IndexOf('/') + 1)..];
        // The same name in another namespace is the likelier slip.
        var elsewhere = all.FindAll(candidate => candidate[(candidate.IndexOf('/') + 1)..] == name);
        if (elsewhere.Count is > 0 and <= 3) return new InputException(message, $"Did you mean {string.Join(" or ", elsewhere.Select(other => prefix + other))}?");
        if (Likeness.Nearest(wanted, all) is { } nearest) return new InputException(message, $"Did you mean {prefix}{nearest}?");
        if (all.Count == 0) return new InputException(message, "The input has none at all.");
        var @namespace = wanted[..wanted.IndexOf('/')];
        var here = all.FindAll(candidate => candidate.StartsWith(@namespace + "/", StringComparison.Ordinal));
        if (here.Count == 0 && snapshot.FindNamespace(@namespace) is null)
            return new InputException(message, $"There is no namespace '{@namespace}' either. {NamespacesThere()}");

        var shown = here.Count > 0 ? here : all;
        return new InputException(message, $"There are {string.Join(", ", shown.Take(8).Select(other => prefix + other))}{(shown.Count > 8 ? ", …" : "")}.");
    }

    private string NamespacesThere() =>
        $"There are {string.Join(", ", snapshot.Namespaces.Take(8).Select(known => known.Name))}{(snapshot.Namespaces.Length > 8 ? ", …" : "")}.";

    /// <summary>What is to be said of a range that holds pods; null where it holds none.</summary>
    public string? PodsWithin(string name, AddressRange range)
    {
        var count = snapshot.Pods.Count(pod => pod.Pod.Addresses.Any(address =>
            address.Family == range.First.Family && range.First <= address && address <= range.Last));
        return count == 0 ? null : $"{name} holds the addresses of {Counted.Of(count, "pod")}; only addresses outside the cluster are judged";
    }

    private static string Qualified(WorkloadId workload) => $"{workload.Namespace}/{Kinds.Shorten(workload.Kind)}/{workload.Name}";
}
