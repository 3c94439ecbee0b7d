using System.Globalization;

namespace Ringfence.Cli.Tests.Kubectl;

/// <summary>What kubectl changes, real packets obey, on every node.</summary>
[Collection(KubectlCollection.Name)]
public sealed class LabObeysTests(KubectlLab lab)
{
    private const string Agents =
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: everywhere, namespace: NAME }
        spec:
          selector: { matchLabels: { app: everywhere } }
          template:
            metadata: { labels: { app: everywhere } }
            spec:
              containers: [{ name: web, image: web, ports: [{ containerPort: 8080 }] }]
        """;

    private const string Client =
        """
        apiVersion: v1
        kind: Pod
        metadata: { name: client, namespace: NAME, labels: { app: client } }
        spec:
          containers: [{ name: client, image: client }]
        """;

    [Fact]
    public void AppliedPolicy_IsObeyedOnEveryNode_AndDeletedNoMore()
    {
        Make("obey", Agents, Client);
        lab.Must("-n", "obey", "rollout", "status", "ds/everywhere", "--timeout=180s");
        lab.Must("-n", "obey", "wait", "--for=condition=Ready", "pod", "--all", "--timeout=180s");
        var addresses = lab.Must("-n", "obey", "get", "pod", "-l", "app=everywhere", "-o", "jsonpath={range .items[*]}{.spec.nodeName}={.status.podIP} {end}")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToList();
        Assert.Equal(["node-1", "node-2", "node-3"], addresses.Select(pair => pair[0]).Order(StringComparer.Ordinal));
        foreach (var pair in addresses) lab.UntilConnects(isOpen: true, "obey", "client", $"{pair[1]}:8080");

        lab.Apply(Policy("obey", "closed", "ingress: []"));
        foreach (var pair in addresses) lab.UntilConnects(isOpen: false, "obey", "client", $"{pair[1]}:8080");

        lab.Must("-n", "obey", "delete", "netpol", "closed");
        foreach (var pair in addresses) lab.UntilConnects(isOpen: true, "obey", "client", $"{pair[1]}:8080");
    }

    // A lab provides no volumes; what an application's folder has beside its pods keeps none of them from running.
    [Fact]
    public void ADatabaseWithClaims_Runs_AndIsReached()
    {
        const string database =
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: db, namespace: NAME }
            spec:
              serviceName: db
              replicas: 2
              selector: { matchLabels: { app: db } }
              template:
                metadata: { labels: { app: db } }
                spec:
                  priorityClassName: high
                  containers: [{ name: db, image: db, ports: [{ containerPort: 5432 }], volumeMounts: [{ name: data, mountPath: /data }, { name: more, mountPath: /more }] }]
                  volumes: [{ name: more, persistentVolumeClaim: { claimName: more } }]
              volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }]
            ---
            apiVersion: v1
            kind: ResourceQuota
            metadata: { name: none, namespace: NAME }
            spec: { hard: { pods: "0" } }
            """;
        Make("stored", database, Client);

        lab.Must("-n", "stored", "rollout", "status", "sts/db", "--timeout=180s");
        lab.Must("-n", "stored", "wait", "--for=condition=Ready", "pod/client", "--timeout=180s");

        lab.UntilConnects(isOpen: true, "stored", "client", lab.Must("-n", "stored", "get", "pod", "db-1", "-o", "jsonpath={.status.podIP}") + ":5432");
        Assert.Equal("data-db-0=Pending data-db-1=Pending ", lab.Must("-n", "stored", "get", "pvc", "-o", "jsonpath={range .items[*]}{.metadata.name}={.status.phase} {end}"));
    }

    [Fact]
    public void LabelOfANamespace_OpensAndClosesDoors()
    {
        Make("doors", Agents);
        Make("visitors", Client);
        lab.Apply(Policy("doors", "friends", "ingress: [{ from: [{ namespaceSelector: { matchLabels: { friend: \"yes\" } } }] }]"));
        lab.Must("-n", "doors", "rollout", "status", "ds/everywhere", "--timeout=180s");
        lab.Must("-n", "visitors", "wait", "--for=condition=Ready", "pod/client", "--timeout=180s");
        var address = lab.Must("-n", "doors", "get", "pod", "-o", "jsonpath={.items[0].status.podIP}") + ":8080";
        lab.UntilConnects(isOpen: false, "visitors", "client", address);

        lab.Must("label", "namespace", "visitors", "friend=yes");
        lab.UntilConnects(isOpen: true, "visitors", "client", address);

        lab.Must("label", "namespace", "visitors", "friend-");
        lab.UntilConnects(isOpen: false, "visitors", "client", address);
    }

    [Fact]
    public void LabelOfAPod_OpensTheDoorForItAlone()
    {
        Make("one-door", Agents, Client);
        lab.Apply(Policy("one-door", "guests", "ingress: [{ from: [{ podSelector: { matchLabels: { guest: \"yes\" } } }] }]"));
        lab.Must("-n", "one-door", "rollout", "status", "ds/everywhere", "--timeout=180s");
        lab.Must("-n", "one-door", "wait", "--for=condition=Ready", "pod/client", "--timeout=180s");
        var address = lab.Must("-n", "one-door", "get", "pod", "-l", "app=everywhere", "-o", "jsonpath={.items[0].status.podIP}") + ":8080";
        lab.UntilConnects(isOpen: false, "one-door", "client", address);
        lab.Must("-n", "one-door", "label", "pod", "client", "guest=yes");
        lab.UntilConnects(isOpen: true, "one-door", "client", address);
    }

    [Fact]
    public void DeletedNamespace_TakesEverythingAlong()
    {
        Make("going", Agents, Client);
        lab.Must("-n", "going", "rollout", "status", "ds/everywhere", "--timeout=180s");
        lab.Must("delete", "namespace", "going", "--timeout=180s");
        Assert.Equal("", lab.Kubectl("get", "pods,ds,netpol,events", "-n", "going", "-o", "name").Out);
        Assert.Equal("NotFound", Reason(lab.Kubectl("get", "namespace", "going")));
        Assert.DoesNotContain("going/", lab.Lab.Lab("status").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void PodThatNoNodeCanTake_Waits_AndHoldsUpNoOther()
    {
        Make("waiting", Client.Replace("  containers:", "  nodeSelector: { no-such: label }\n  containers:", StringComparison.Ordinal).Replace("name: client, namespace", "name: stuck, namespace", StringComparison.Ordinal), Client);
        lab.Must("-n", "waiting", "wait", "--for=condition=Ready", "pod/client", "--timeout=180s");
        Assert.Equal("Pending", lab.Must("-n", "waiting", "get", "pod", "stuck", "-o", "jsonpath={.status.phase}"));
        LabRun.Until(() => lab.Lab.Lab("status").Error.Contains("waiting/stuck does not run", StringComparison.Ordinal), "the status tells of the pod that waits");
        lab.Must("label", "node", "node-2", "no-such=label");
        lab.Must("-n", "waiting", "wait", "--for=condition=Ready", "pod/stuck", "--timeout=180s");
        lab.Must("label", "node", "node-2", "no-such-");
    }

    [Fact]
    public void KilledAgent_LeavesWhatItEnforced_AndItsSuccessorGoesOn()
    {
        Make("killed", Agents, Client);
        lab.Must("-n", "killed", "rollout", "status", "ds/everywhere", "--timeout=180s");
        lab.Must("-n", "killed", "wait", "--for=condition=Ready", "pod/client", "--timeout=180s");
        var address = lab.Must("-n", "killed", "get", "pod", "-l", "app=everywhere", "-o", "jsonpath={.items[0].status.podIP}") + ":8080";
        lab.Apply(Policy("killed", "closed", "ingress: []"));
        lab.UntilConnects(isOpen: false, "killed", "client", address);

        var agents = AgentsOf(lab.Lab.ProcessOf("default"));
        Assert.Equal(3, agents.Count);
        foreach (var agent in agents) LabRun.Signal(agent, "KILL");
        Assert.False(lab.Connects("killed", "client", address));
        lab.Must("-n", "killed", "delete", "netpol", "closed");
        lab.UntilConnects(isOpen: true, "killed", "client", address);
        Assert.Empty(agents.Intersect(AgentsOf(lab.Lab.ProcessOf("default"))));
    }

    [Fact]
    public void RealApplication_AppliedWhole_WorksAsItsPoliciesSay()
    {
        var folder = CorpusFolder();
        lab.Must("create", "namespace", "boutique");
        lab.Must("-n", "boutique", "apply", "-f", folder);
        lab.Must("-n", "boutique", "wait", "--for=condition=Available", "deploy", "--all", "--timeout=180s");
        lab.UntilConnects(isOpen: true, "boutique", "deploy/frontend", PodOf("adservice", 9555));
        lab.UntilConnects(isOpen: true, "boutique", "deploy/checkoutservice", PodOf("paymentservice", 50051));
        lab.UntilConnects(isOpen: false, "boutique", "deploy/loadgenerator", PodOf("adservice", 9555));

        string PodOf(string name, int port) => $"{lab.Must("-n", "boutique", "get", "pod", "-l", $"app={name}", "-o", "jsonpath={.items[0].status.podIP}")}:{port}";
    }

    private static string CorpusFolder()
    {
        Engine.Tests.Corpus.CorpusFolder.Need("np-guard");
        return Engine.Tests.Corpus.CorpusFolder.Find("np-guard/tests/new_online_boutique_synthesis")!;
    }

    private static string Reason(Run run) => run.Error.Contains("(NotFound)", StringComparison.Ordinal) ? "NotFound" : run.Error;

    /// <summary>The processes that a process started and that are agents.</summary>
    private static List<int> AgentsOf(int process) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0 && IsAgentOf(number, process)),
    ];

    private static bool IsAgentOf(int process, int parent)
    {
        try
        {
            var state = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return state[(state.LastIndexOf(')') + 2)..].Split(' ') is [not "Z", var starter, ..] && starter == parent.ToString(CultureInfo.InvariantCulture)
                && File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")).Contains("\0agent\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Make(string @namespace, params string[] manifests)
    {
        KubectlLab.IsNeeded();
        lab.Must("create", "namespace", @namespace);
        foreach (var manifest in manifests) lab.Apply(manifest.Replace("NAME", @namespace, StringComparison.Ordinal));
    }

    private static string Policy(string @namespace, string name, string rules) =>
        $$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: {{name}}, namespace: {{@namespace}} }
        spec: { podSelector: { matchLabels: { app: everywhere } }, policyTypes: [Ingress], {{rules}} }
        """;
}
