using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Bench.Generation;

/// <summary>A namespace that will be generated: what its policies need to know of it, without its pods.</summary>
internal sealed record NamespacePlan(int Index, string Name, LabelSet Labels, ImmutableArray<WorkloadPlan> Workloads, int FirstPod, int Policies)
{
    public int Pods => Workloads.Sum(workload => workload.Replicas);
}

/// <summary>A workload that will be generated.</summary>
internal sealed record WorkloadPlan(string Name, string App, string Tier, string Version, string Hash, int Replicas, bool Stateful, PodNetworkSpec Network);

/// <summary>
/// The skeleton of a generated cluster: namespaces and workloads. Pods and policies are made from it one at a time, so that a file of any
/// size can be written without holding it. The same shape and seed give the same cluster.
/// </summary>
internal sealed class ClusterPlan
{
    private static readonly string[] AppNames =
    [
        "api", "web", "auth", "billing", "cart", "catalog", "checkout", "search", "orders", "payments", "users", "gateway", "worker", "scheduler",
        "redis", "postgres", "kafka", "mongo", "rabbitmq", "minio", "metrics", "tracing", "notifier", "mailer", "reports", "ingest", "exporter",
        "inference", "embedder", "reranker", "vector-db", "feature-store", "trainer", "annotator", "chat-ui", "rag-api", "model-registry", "etl",
        "frontend", "admin",
    ];

    private static readonly string[] Variants = ["", "-v2", "-canary", "-internal"];
    private static readonly string[] Tiers = ["frontend", "backend", "data", "batch"];
    private static readonly string[] Environments = ["prod", "staging", "dev"];
    private static readonly int[] Ports = [80, 443, 3000, 5000, 5432, 6333, 6379, 8000, 8080, 8443, 9090, 9092];

    public ClusterPlan(Shape shape, int seed)
    {
        (Shape, Seed) = (shape, seed);
        var pods = Shares(shape.Pods, shape);
        var policies = Shares(shape.Policies, shape);
        Namespaces = new NamespacePlan[shape.Namespaces];
        var first = 0;
        for (var i = 0; i < Namespaces.Length; i++)
        {
            Namespaces[i] = PlanNamespace(i, pods[i], first, policies[i]);
            first += pods[i];
        }
    }

    public Shape Shape { get; }

    public int Seed { get; }

    public NamespacePlan[] Namespaces { get; }

    /// <summary>A source of random numbers for one part of one namespace, the same in every run.</summary>
    public Random RandomFor(int index, int part) => new(unchecked((Seed * 486187739) + (index * 16777619) + (part * 7919)));

    private NamespacePlan PlanNamespace(int index, int pods, int firstPod, int policies)
    {
        var random = RandomFor(index, 1);
        var name = $"team-{index / Shape.TeamNamespaces}-{index:D4}";
        var labels = LabelSet.Of(
            "environment", Environments[index % 3], Namespace.NameLabel, name, "team", $"team-{index / Shape.TeamNamespaces}");
        return new NamespacePlan(index, name, labels, PlanWorkloads(random, index, pods), firstPod, policies);
    }

    private ImmutableArray<WorkloadPlan> PlanWorkloads(Random random, int index, int pods)
    {
        var workloads = ImmutableArray.CreateBuilder<WorkloadPlan>();
        for (var left = pods; left > 0;)
        {
            var number = workloads.Count;
            if (Shape.Style == PolicyStyle.KubeBurner)
            {
                workloads.Add(new WorkloadPlan($"test-pod-{number + 1}", "test-pod", "backend", $"{number + 1}", "", 1, Stateful: false,
                    new PodNetworkSpec([new ContainerPort(null, 8080, Protocol.Tcp)], HostNetwork: false)));
                left--;
                continue;
            }

            var stateful = random.Next(100) < 2;
            var replicas = Math.Min(left, stateful ? 3 : Replicas(random));
            var app = AppNames[random.Next(AppNames.Length)] + Variants[random.Next(Variants.Length)];
            // The more workloads a namespace has, the more names it needs.
            if (number >= 100) app += $"-{number / 100}";

            // Monitoring is in every cluster once or twice, and half of all policies open a door for it.
            if (index % 500 == 0 && number == 0) app = "prometheus";
            var port = Ports[random.Next(Ports.Length)];
            workloads.Add(new WorkloadPlan(
                $"{app}-{number}", app, Tiers[random.Next(Tiers.Length)], $"v{random.Next(1, 4)}", Hash(random), replicas,
                stateful,
                new PodNetworkSpec(
                    [new ContainerPort("http", port, Protocol.Tcp), new ContainerPort("metrics", 9100, Protocol.Tcp)],
                    HostNetwork: random.Next(200) == 0)));
            left -= replicas;
        }

        return workloads.DrainToImmutable();
    }

    /// <summary>Most workloads have one to three pods, some have dozens; five on average, so that a fifth of the pods have labels of their own.</summary>
    private int Replicas(Random random) => random.Next(Shape.Skewed ? 25 : 0, 100) switch
    {
        < 36 => 1,
        < 56 => 2,
        < 66 => 3,
        < 78 => random.Next(4, 7),
        < 88 => random.Next(7, 13),
        _ => random.Next(13, 31),
    };

    /// <summary>Shares a total out over the namespaces, evenly but for a factor of three, or so that a few have most.</summary>
    private int[] Shares(int total, Shape shape)
    {
        var weights = new double[shape.Namespaces];
        var random = RandomFor(-1, 0);
        for (var i = 0; i < weights.Length; i++)
            weights[i] = shape.Style == PolicyStyle.KubeBurner ? 1 : shape.Skewed ? 1 / (i + 8.0) : 0.5 + random.NextDouble();
        var shares = new int[weights.Length];
        var (sum, weight, given) = (weights.Sum(), 0.0, 0);
        for (var i = 0; i < weights.Length; i++)
        {
            weight += weights[i];
            shares[i] = (int)Math.Round(total * weight / sum) - given;
            given += shares[i];
        }

        return shares;
    }

    private static string Hash(Random random) => string.Create(10, random, static (span, r) => r.GetItems("bcdfghjklmnpqrstvwxz2456789", span));
}
