using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation.Templates;

/// <summary>A template with workloads in its roles.</summary>
/// <param name="Snapshot">The cluster; one of the template's own where there is no other.</param>
/// <param name="Flows">What is wanted.</param>
/// <param name="Isolate">The namespaces to isolate.</param>
/// <param name="IsAssumed">Whether workloads and labels are the template's own, to be replaced.</param>
public sealed record FilledTemplate(Snapshot Snapshot, WantedFlows Flows, ImmutableArray<string> Isolate, bool IsAssumed)
{
    /// <summary>The policies, with a word on what has to be replaced in them.</summary>
    public ImmutableArray<GeneratedPolicy> Marked(ImmutableArray<GeneratedPolicy> policies) => !IsAssumed
        ? policies
        : [.. policies.Select(policy => policy.PodSelector.IsEverything ? policy : policy with
        {
            Comments = policy.Comments.Add($"Placeholder: {policy.PodSelector.ToString().Replace("=", ": ", StringComparison.Ordinal)} stands for a label that your own pods have; with -f it is found."),
        })];
}

/// <summary>Finds the workloads for a template's roles.</summary>
/// <param name="template">The template.</param>
/// <param name="settings">What the user says of roles: a workload, several with commas, a CIDR; each with ports where they are not the usual ones.</param>
/// <param name="namespace">The namespace.</param>
public sealed class TemplateReader(Template template, IReadOnlyDictionary<string, string> settings, string @namespace)
{
    private const int OwnName = 100;
    private const int WordScore = 10;
    private const int PortScore = 5;

    // Where pods and nodes are, and the metadata services of clouds (169.254.169.254, fd00:ec2::254).
    // RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291.
    private static readonly ImmutableArray<AddressRange> Inner = AddressRanges.Join(
        ((string[])["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"])
        .Select(text => Prefix.Parse(text)).Select(prefix => new AddressRange(prefix.First, prefix.Last)));

    /// <summary>Fills it from a cluster.</summary>
    /// <exception cref="InputException">A required role has no workload, or more than one that could play it; a setting is of no role.</exception>
    public FilledTemplate From(Snapshot snapshot)
    {
        Check();
        var (found, notes, problems) = (new Dictionary<string, List<(EndpointText End, PortList? Ports)>>(StringComparer.Ordinal), new List<string>(), new ProblemList());
        foreach (var role in template.Roles)
            if (settings.TryGetValue(role.Name, out var setting)) problems.Try(default, () => found[role.Name] = Set(role, setting));
        foreach (var role in template.Roles.Where(role => !found.ContainsKey(role.Name)).OrderBy(role => !role.IsRequired))
            problems.Try(default, () =>
            {
                var taken = found.Values.SelectMany(ends => ends).Select(end => end.End).OfType<NamedText>().Select(end => end.Name).ToHashSet(StringComparer.Ordinal);
                if (Detect(snapshot, role, taken, notes) is { } end) found[role.Name] = [end];
            });
        problems.Throw();
        return new FilledTemplate(snapshot, new WantedFlows([.. Flows(found, snapshot)], notes), Isolated(found), IsAssumed: false);
    }

    /// <summary>Fills it with workloads of its own, called as the roles are.</summary>
    /// <exception cref="InputException">A setting is of no role, or cannot be read.</exception>
    public FilledTemplate Alone()
    {
        Check();
        var found = new Dictionary<string, List<(EndpointText End, PortList? Ports)>>(StringComparer.Ordinal);
        foreach (var role in template.Roles)
            if (settings.TryGetValue(role.Name, out var setting)) found[role.Name] = Set(role, setting);
            else if (role.IsRequired) found[role.Name] = [(new NamedText($"{@namespace}/{role.Name}", null, @namespace, null, role.Name), null)];
        var workloads = found.Values.SelectMany(ends => ends).Select(end => end.End).OfType<NamedText>().DistinctBy(end => end.Text)
            .Select(end => new Workload { Namespace = end.Namespace, Name = end.Name, WorkloadKind = "Deployment", PodLabels = LabelSet.Of("app", end.Name) });
        var snapshot = Snapshot.Create(new ClusterObjects
        {
            Namespaces = [.. found.Values.SelectMany(ends => ends).Select(end => end.End).OfType<NamedText>().Select(end => end.Namespace).Append(@namespace).Distinct().Select(name => new Namespace { Name = name })],
            Workloads = [.. workloads],
        });
        return new FilledTemplate(snapshot, new WantedFlows([.. Flows(found, snapshot)], []), [@namespace], IsAssumed: true);
    }

    private void Check()
    {
        foreach (var name in settings.Keys)
            if (template.Role(name) is null)
                throw new InputException($"the template {template.Name} has no '{name}'", template.Roles.IsEmpty ? "It has nothing to set." : $"It has {string.Join(", ", template.Roles.Select(role => $"{role.Name} ({role.Meaning})"))}.");
    }

    private List<(EndpointText End, PortList? Ports)> Set(TemplateRole role, string setting)
    {
        var isAsked = template.Flows.Any(flow => flow.To == role.Name);
        var syntax = new FlowSyntax(@namespace);
        return [.. syntax.Destinations(setting).Select(end => end.Ports is null || isAsked ? end : throw new InputException($"'{setting}' has a port, but nobody asks {role.Name}"))];
    }

    private (EndpointText, PortList?)? Detect(Snapshot snapshot, TemplateRole role, HashSet<string> taken, List<string> notes)
    {
        var candidates = snapshot.Pods
            .Where(pod => pod.Pod.Namespace == @namespace && !pod.Pod.Network.HostNetwork && !taken.Contains(pod.Workload.Name))
            .GroupBy(pod => pod.Workload)
            .Select(group => (Workload: group.Key, Score: Score(role, group.Key, group.First().Pod)))
            .Where(item => item.Score >= (role.IsRequired ? PortScore : WordScore))
            .OrderByDescending(item => item.Score).ThenBy(item => item.Workload.Name, StringComparer.Ordinal)
            .ToList();
        var best = candidates.FindAll(item => item.Score == candidates[0].Score);
        if (best is [var one])
        {
            notes.Add($"{one.Workload} is taken for {role.Name}; --set {role.Name}=NAME says otherwise");
            return (new NamedText(one.Workload.ToString(), null, @namespace, one.Workload.Kind.Length == 0 ? null : one.Workload.Kind, one.Workload.Name), null);
        }

        if (!role.IsRequired) return null;
        throw new InputException(
            best.Count == 0 ? $"no workload of {@namespace} looks like {role.Name} ({role.Meaning})" : $"{string.Join(" and ", best.Select(item => item.Workload.Name))} could each be {role.Name} ({role.Meaning})",
            $"Say which: --set {role.Name}=NAME");
    }

    // Its own name says most, then whole words of name, labels and images, then the port, which others have too.
    private static int Score(TemplateRole role, WorkloadId workload, Pod pod)
    {
        if (workload.Name == role.Name) return OwnName;
        var words = pod.Labels.Where(label => StableLabels.IsStable(label.Key)).Select(label => label.Value).Append(workload.Name).Concat(pod.Images.Select(ImageName))
            .SelectMany(text => text.ToLowerInvariant().Split('-', '_', '.', '/')).ToHashSet(StringComparer.Ordinal);
        var matching = role.Words.Count(word => words.Contains(word) || words.Contains(word + "s"));
        return (matching * WordScore) + (pod.Network.Ports.Any(port => port.Protocol == Protocol.Tcp && role.Ports.Contains(port.Port)) ? PortScore : 0);
    }

    // Without registry and tag: what is left names the program.
    private static string ImageName(string image)
    {
        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/')) name = name[..colon];
        var slash = name.IndexOf('/');
        return slash >= 0 && name.AsSpan(0, slash).ContainsAny('.', ':') ? name[(slash + 1)..] : name;
    }

    private IEnumerable<WantedFlow> Flows(Dictionary<string, List<(EndpointText End, PortList? Ports)>> found, Snapshot snapshot)
    {
        foreach (var (from, to) in template.Flows)
        {
            if (!found.TryGetValue(from, out var sources) || !found.TryGetValue(to, out var destinations)) continue;
            var usual = new PortList(template.Role(to)!.Ports.Aggregate(ConnectionSet.None, (all, port) => all.Union(ConnectionSet.Of(Protocol.Tcp, port))), []);
            foreach (var source in sources)
                foreach (var destination in destinations)
                {
                    var ports = destination.Ports ?? Declared(destination.End, snapshot, usual);
                    foreach (var end in Narrowed(destination.End)) yield return new WantedFlow(source.End, end, ports, $"{from} asks {to}", default);
                }
        }
    }

    // What a workload says it listens on is truer than what is usual; a Service's ports are found later.
    private static PortList? Declared(EndpointText end, Snapshot snapshot, PortList usual)
    {
        if (end is ServiceText) return null;
        if (end is not NamedText || new EndpointFinder(snapshot).Find(end) is not PodsEndpoint pods) return usual;
        var declared = pods.Pods.SelectMany(pod => snapshot.Pods[pod].Pod.Network.Ports).Aggregate(ConnectionSet.None, (all, port) => all.Union(ConnectionSet.Of(port.Protocol, port.Port)));
        return declared.IsEmpty ? usual : new PortList(declared, []);
    }

    private static IEnumerable<EndpointText> Narrowed(EndpointText end)
    {
        var whole = end switch
        {
            PrefixText prefix => new AddressRange(prefix.Prefix.First, prefix.Prefix.Last),
            ExternalText => new AddressRange(Address.Min(IpFamily.V4), Address.Max(IpFamily.V4)),
            _ => (AddressRange?)null,
        };
        // Who names a private network means it; of a wide one the inside is not meant.
        if (whole is not { } range || Inner.Any(inner => inner.First <= range.First && range.Last <= inner.Last)) return [end];
        var left = AddressRanges.Without(range, Inner).ToList();
        return left is [var same] && same == range ? [end] : left.Select(part => (EndpointText)new RangeText($"{end.Text} without private and link-local ranges", null, part.First, part.Last));
    }

    private ImmutableArray<string> Isolated(Dictionary<string, List<(EndpointText End, PortList? Ports)>> found)
    {
        var own = found.Values.SelectMany(ends => ends).Any(end => end.End is NamedText named && named.Namespace == @namespace);
        return own || template.Roles.IsEmpty ? [@namespace] : [];
    }
}
