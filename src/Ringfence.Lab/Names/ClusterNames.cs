using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Names;

/// <summary>The names of a cluster and of the world outside it, as cluster DNS answers them. Immutable.</summary>
/// <remarks>https://github.com/kubernetes/dns/blob/master/docs/specification.md; pods' names as CoreDNS has them with <c>pods insecure</c>.</remarks>
public sealed class ClusterNames
{
    /// <summary>The cluster's domain.</summary>
    public const string Domain = "cluster.local";

    private const int MostAliases = 8;
    private const string Pods = ".pod." + Domain;
    private const string ReverseV4 = ".in-addr.arpa";
    private const string ReverseV6 = ".ip6.arpa";

    private static readonly NamedRecord Zone = new(Domain, new ZoneRecord($"ns.dns.{Domain}", $"hostmaster.{Domain}"));

    // Every name that exists; those that only have names below them with no records.
    private readonly Dictionary<string, ImmutableArray<DnsRecord>> _names;
    private readonly HashSet<string> _namespaces;

    private ClusterNames(Dictionary<string, ImmutableArray<DnsRecord>> names, HashSet<string> namespaces) => (_names, _namespaces) = (names, namespaces);

    /// <summary>Collects the names.</summary>
    /// <param name="state">The running cluster: pods with addresses, Services with cluster addresses.</param>
    /// <param name="outside">The addresses that the outside world has; names of others do not exist.</param>
    public static ClusterNames Of(ClusterObjects state, IEnumerable<Address> outside)
    {
        var records = new Dictionary<string, List<DnsRecord>>(StringComparer.Ordinal);
        foreach (var (name, record) in Own.Concat(ServiceNames.Of(state)).Concat(OutsideNames.Of(outside.ToHashSet()))) RecordsOf(name).Add(record);
        var namespaces = state.Namespaces.Select(item => item.Name)
            .Concat(state.Pods.Select(pod => pod.Namespace))
            .Concat(state.Services.Select(service => service.Namespace))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var name in namespaces)
        {
            RecordsOf($"{name}.svc.{Domain}");
            RecordsOf(name + Pods);
        }

        return new ClusterNames(records.ToDictionary(pair => pair.Key, pair => pair.Value.Distinct().ToImmutableArray(), StringComparer.Ordinal), namespaces);

        // A name makes all names above it exist.
        List<DnsRecord> RecordsOf(string name)
        {
            if (records.TryGetValue(name, out var known)) return known;
            var added = records[name] = [];
            if (name.Length > 0) RecordsOf(Above(name));
            return added;
        }
    }

    private static IEnumerable<NamedRecord> Own =>
    [
        Zone,
        new(Domain, new NameRecord(DnsType.Ns, $"ns.dns.{Domain}")),
        new($"dns-version.{Domain}", new TextRecord("1.1.0")),
    ];

    /// <summary>What is known about a name.</summary>
    /// <param name="name">The name, in lower case, without the dot at the end.</param>
    /// <param name="type">The type that is asked for.</param>
    internal DnsAnswer Find(string name, DnsType type)
    {
        var answers = ImmutableArray.CreateBuilder<NamedRecord>();
        var current = name;
        var exists = false;
        for (var i = 0; i < MostAliases; i++)
        {
            var records = RecordsOf(current);
            exists = !records.IsDefault;
            if (!exists) break;
            answers.AddRange(Shuffled([.. records.Where(record => type == DnsType.Any || record.Type == type)]).Select(record => new NamedRecord(current, record)));
            if (type is DnsType.Any or DnsType.Cname || records.OfType<NameRecord>().FirstOrDefault(record => record.Type == DnsType.Cname) is not { } alias) break;
            answers.Add(new NamedRecord(current, alias));
            current = alias.Target;
        }

        var isOwn = IsOwn(name);
        var found = answers.ToImmutable();
        return new DnsAnswer(exists ? DnsStatus.NoError : DnsStatus.NameError)
        {
            IsAuthoritative = isOwn,
            Answers = found,
            Authority = found.IsEmpty && isOwn ? [Zone] : [],
            Additional = Targets(found),
        };
    }

    /// <summary>The records of a name; default where there is no such name.</summary>
    private ImmutableArray<DnsRecord> RecordsOf(string name)
    {
        if (_names.TryGetValue(name, out var records)) return records;
        if (!name.EndsWith(Pods, StringComparison.Ordinal)) return default;
        var place = name[..^Pods.Length].Split('.');
        return place.Length == 2 && _namespaces.Contains(place[1]) && DashedAddress.TryParse(place[0], out var address) ? [new AddressRecord(address)] : default;
    }

    private ImmutableArray<NamedRecord> Targets(ImmutableArray<NamedRecord> answers) =>
    [
        .. answers.Select(answer => answer.Record).OfType<ServiceRecord>().Select(service => service.Target).Distinct(StringComparer.Ordinal)
            .SelectMany(target => RecordsOf(target) is { IsDefault: false } records ? records.OfType<AddressRecord>().Select(record => new NamedRecord(target, record)) : []),
    ];

    // Clients take the first address: each of a headless Service's pods is first in turn.
    private static DnsRecord[] Shuffled(DnsRecord[] records)
    {
        Random.Shared.Shuffle(records);
        return records;
    }

    private static bool IsOwn(string name) =>
        name == Domain || name.EndsWith("." + Domain, StringComparison.Ordinal)
        || name.EndsWith(ReverseV4, StringComparison.Ordinal) || name.EndsWith(ReverseV6, StringComparison.Ordinal);

    private static string Above(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? "" : name[(dot + 1)..];
    }
}
