using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Tests.Names;

/// <summary>A Service of each sort.</summary>
internal static class SmallCluster
{
    public static ImmutableArray<Address> Outside { get; } = Addresses("203.0.113.10", "192.0.2.10", "169.254.169.254");

    public static ClusterObjects State { get; } = new()
    {
        Namespaces = [new Namespace { Name = "shop" }],
        Pods =
        [
            Pod("web-abc", "web", null, "10.244.1.9", new ContainerPort("http", 8080, Protocol.Tcp)),
            Pod("db-0", "db", new OwnerReference("StatefulSet", "db"), "10.244.1.5", new ContainerPort("pg", 5432, Protocol.Tcp)),
            Pod("db-1", "db", new OwnerReference("StatefulSet", "db"), "10.244.2.5", new ContainerPort("pg", 5432, Protocol.Tcp)),
            .. Enumerable.Range(1, 200).Select(i => Pod($"many-{i}", "many", null, $"10.244.9.{i}")),
        ],
        Services =
        [
            Service("web", "web") with
            {
                ClusterIPs = Addresses("10.96.0.20", "fd00:10:96::20"),
                Ports = [new ServicePort("http", 80, Protocol.Tcp, new PortReference(0, "http"), null)],
            },
            Service("db", "db") with { IsHeadless = true, Ports = [new ServicePort("pg", 5432, Protocol.Tcp, new PortReference(0, "pg"), null)] },
            Service("many", "many") with { IsHeadless = true },
            Service("empty", "nobody") with { IsHeadless = true },
            Service("bare", null) with { IsHeadless = true },
            Service("llm", null) with { Type = "ExternalName", ExternalName = "LLM.example.net." },
        ],
        EndpointSlices = [new EndpointSlice { Namespace = "shop", Name = "bare-1", ServiceName = "bare", Endpoints = [(Address.Parse("10.244.7.7"), null)] }],
    };

    private static Service Service(string name, string? app) =>
        new() { Namespace = "shop", Name = name, Selector = app is null ? null : LabelSet.Of("app", app) };

    private static Pod Pod(string name, string app, OwnerReference? owner, string address, params ContainerPort[] ports) => new()
    {
        Namespace = "shop",
        Name = name,
        Owner = owner,
        Labels = LabelSet.Of("app", app),
        Addresses = Addresses(address),
        Phase = PodPhase.Running,
        Network = new PodNetworkSpec([.. ports], HostNetwork: false),
    };

    private static ImmutableArray<Address> Addresses(params string[] texts) => [.. texts.Select(text => Address.Parse(text))];
}
