using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>The real kubectl with what folders of real applications have, beside workloads.</summary>
public sealed class KubectlKindsTests : IAsyncLifetime
{
    private const string Application =
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data, labels: {app: ai}}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
        ---
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: disk, labels: {app: ai}}
        spec: {accessModes: [ReadWriteOnce, ReadOnlyMany], capacity: {storage: 10Gi}, nfs: {server: 10.0.0.1, path: /}}
        ---
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: fast, labels: {app: ai}, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
        provisioner: example.com/ssd
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, labels: {app: ai}}
        rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader, labels: {app: ai}}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects: [{kind: ServiceAccount, name: default, namespace: default}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: "app:reader", labels: {app: ai}}
        rules: [{nonResourceURLs: ["/healthz"], verbs: [get]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: "app:reader", labels: {app: ai}}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "app:reader"}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated"}]
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web, labels: {app: ai}}
        spec: {maxReplicas: 5, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web, labels: {app: ai}}
        spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
        ---
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: quota, labels: {app: ai}}
        spec: {hard: {requests.cpu: "10", pods: "20"}}
        ---
        apiVersion: v1
        kind: LimitRange
        metadata: {name: limits, labels: {app: ai}}
        spec: {limits: [{type: Container, max: {cpu: "2"}}]}
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: high, labels: {app: ai}}
        value: 1000
        ---
        apiVersion: v1
        kind: PodTemplate
        metadata: {name: made, labels: {app: ai}}
        template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: checks, labels: {app: ai}}
        webhooks:
        - name: checks.example.com
          admissionReviewVersions: [v1]
          sideEffects: None
          clientConfig: {service: {name: checks, namespace: default, path: /validate}}
          rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
        ---
        apiVersion: storage.k8s.io/v1
        kind: CSIDriver
        metadata: {name: disks.example.com, labels: {app: ai}}
        spec: {attachRequired: true}
        ---
        apiVersion: node.k8s.io/v1
        kind: RuntimeClass
        metadata: {name: gvisor, labels: {app: ai}}
        handler: runsc
        """;

    private TestServer _server = null!;
    private Kubectl _kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        Kubectl.Require();
        _server = await TestServer.StartAsync((options, _) => options with { Admissions = ControllerAdmissions.Make(ServiceRanges.Default, () => []) });
        _kubectl = new Kubectl(_server);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public void AnApplication_IsApplied_AndAgainWithoutAChange()
    {
        Assert.All(_kubectl.Give(Application, "apply", "-f", "-").TrimEnd().Split('\n'), line => Assert.EndsWith(" created", line, StringComparison.Ordinal));
        var version = _server.Api.List(TestApi.Pods).Version;

        Assert.All(_kubectl.Give(Application, "apply", "-f", "-").TrimEnd().Split('\n'), line => Assert.Matches(" (unchanged|configured)$", line));
        Assert.Equal(version, _server.Api.List(TestApi.Pods).Version);
        Assert.Equal("", _kubectl.Give(Application, "diff", "-f", "-"));
    }

    [Theory]
    [InlineData("pvc", "NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE", "data Pending <unset> *")]
    [InlineData("pv", "NAME CAPACITY ACCESS MODES RECLAIM POLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE", "disk 10Gi RWO,ROX Retain Pending <unset> *")]
    [InlineData("sc", "NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE", "fast (default) example.com/ssd Delete Immediate false *")]
    [InlineData("roles", "NAME CREATED AT", "reader 20*Z")]
    [InlineData("rolebindings", "NAME ROLE AGE", "reader Role/reader *")]
    [InlineData("clusterroles", "NAME CREATED AT", "app:reader 20*Z")]
    [InlineData("clusterrolebindings", "NAME ROLE AGE", "app:reader ClusterRole/app:reader *")]
    [InlineData("hpa", "NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE", "web Deployment/web cpu: <unknown>/80% 1 5 0 *")]
    [InlineData("pdb", "NAME MIN AVAILABLE MAX UNAVAILABLE ALLOWED DISRUPTIONS AGE", "web 50% N/A 0 *")]
    [InlineData("quota", "NAME REQUEST LIMIT AGE", "quota *")]
    [InlineData("limits", "NAME CREATED AT", "limits 20*Z")]
    [InlineData("pc", "NAME VALUE GLOBAL-DEFAULT AGE PREEMPTIONPOLICY", "high 1000 false * PreemptLowerPriority")]
    [InlineData("podtemplates", "NAME CONTAINERS IMAGES POD LABELS", "made c i a=b")]
    [InlineData("validatingwebhookconfigurations", "NAME WEBHOOKS AGE", "checks 1 *")]
    [InlineData("csidrivers", "NAME ATTACHREQUIRED PODINFOONMOUNT STORAGECAPACITY TOKENREQUESTS REQUIRESREPUBLISH MODES AGE", "disks.example.com true false false <unset> false Persistent *")]
    [InlineData("runtimeclasses", "NAME HANDLER AGE", "gvisor runsc *")]
    public void Get_ShowsTheColumnsOfTheKind(string kind, string heading, string row)
    {
        _kubectl.Give(Application, "apply", "-f", "-");

        var lines = _kubectl.Run("get", kind).TrimEnd().Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();

        Assert.Equal(heading, lines[0]);
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(row).Replace(@"\*", ".+", StringComparison.Ordinal)}$", lines[1]);
    }

    [Fact]
    public void Describe_AndStatus_WorkForEach()
    {
        _kubectl.Give(Application, "apply", "-f", "-");

        foreach (var name in (string[])["pvc/data", "pv/disk", "sc/fast", "role/reader", "rolebinding/reader", "hpa/web", "pdb/web", "quota/quota", "limits/limits", "pc/high", "podtemplate/made", "runtimeclass/gvisor"])
            Assert.Contains(name.Split('/')[1], _kubectl.Run("describe", name), StringComparison.Ordinal);
        _kubectl.Run("patch", "quota", "quota", "--subresource=status", "--type=merge", "-p", """{"status":{"hard":{"pods":"20","limits.cpu":"4"},"used":{"pods":"3"}}}""");
        Assert.Contains("pods: 3/20   limits.cpu: 0/4", _kubectl.Run("get", "quota", "quota"), StringComparison.Ordinal);
        _kubectl.Run("patch", "pvc", "data", "--subresource=status", "--type=merge", "-p", """{"status":{"phase":"Bound"}}""");
        _kubectl.Run("wait", "pvc/data", "--for=jsonpath={.status.phase}=Bound", "--timeout=120s");
    }

    [Fact]
    public void Prune_WithWhatKubectlPrunesByDefault_TakesWhatIsNotInTheFolder()
    {
        _kubectl.Give(Application, "apply", "-f", "-");
        const string kept = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, labels: {app: ai}}\n";

        var told = _kubectl.Give(kept, "apply", "--prune", "-l", "app=ai", "-f", "-");

        Assert.Equal("configmap/kept created\npersistentvolumeclaim/data pruned\npersistentvolume/disk pruned\n", told);
        Assert.Equal("role.rbac.authorization.k8s.io/reader\n", _kubectl.Run("get", "roles", "-o", "name"));
    }

    [Fact]
    public void AStatefulSet_MountsTheClaimsThatItAsksFor()
    {
        const string database =
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              serviceName: db
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec: {containers: [{name: db, image: "db:1", volumeMounts: [{name: data, mountPath: /data}]}]}
              volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
            """;

        Assert.Equal("statefulset.apps/db created\n", _kubectl.Give(database, "apply", "-f", "-"));
        Assert.Equal("statefulset.apps/db configured\n", _kubectl.Give(database.Replace("db:1", "db:2", StringComparison.Ordinal), "apply", "-f", "-"));
        Assert.Contains("Not found: \"data\"", _kubectl.Try(database.Replace("name: data}, spec", "name: other}, spec", StringComparison.Ordinal).Replace("{name: db}", "{name: bad}", StringComparison.Ordinal), "apply", "-f", "-").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Autoscale_MakesAnAutoscaler()
    {
        _kubectl.Run("create", "deployment", "web", "--image=web");
        _kubectl.Run("autoscale", "deployment", "web", "--min=2", "--max=5", "--cpu-percent=50");

        Assert.Contains("cpu: <unknown>/50%", _kubectl.Run("get", "hpa", "web"), StringComparison.Ordinal);
        Assert.Contains("targetCPUUtilizationPercentage: 50", _kubectl.Run("get", "horizontalpodautoscalers.v1.autoscaling", "web", "-o", "yaml"), StringComparison.Ordinal);
        Assert.Contains("resource cpu on pods", _kubectl.Run("describe", "hpa", "web"), StringComparison.Ordinal);
    }

    [Fact]
    public void AJob_OfACronJob_IsMade()
    {
        _kubectl.Run("create", "cronjob", "daily", "--image=web", "--schedule=@daily");

        Assert.Equal("job.batch/now created\n", _kubectl.Run("create", "job", "now", "--from=cronjob/daily"));
    }

    [Fact]
    public void Set_ChangesWhatItNames()
    {
        _kubectl.Run("create", "deployment", "web", "--image=web:1");
        _kubectl.Run("expose", "deployment", "web", "--port=80");
        _kubectl.Run("create", "rolebinding", "web", "--role=web", "--user=me");
        _kubectl.Run("set", "image", "deployment/web", "web=web:2");
        _kubectl.Run("set", "env", "deployment/web", "A=B");
        _kubectl.Run("set", "resources", "deployment/web", "--limits=cpu=1");
        _kubectl.Run("set", "serviceaccount", "deployment/web", "own");
        _kubectl.Run("set", "selector", "service/web", "app=other");
        _kubectl.Run("set", "subject", "rolebinding/web", "--group=us");

        var template = JsonNode.Parse(_kubectl.Run("get", "deployment", "web", "-o", "json"))!["spec"]!["template"]!["spec"]!;
        var container = template["containers"]![0]!;
        Assert.Equal(
            ("web:2", "B", "1", "own"),
            ((string?)container["image"], (string?)container["env"]![0]!["value"], (string?)container["resources"]!["limits"]!["cpu"], (string?)template["serviceAccountName"]));
        Assert.Equal("""{"app":"other"}""", JsonNode.Parse(_kubectl.Run("get", "service", "web", "-o", "json"))!["spec"]!["selector"]!.ToJsonString());
        Assert.Equal(2, JsonNode.Parse(_kubectl.Run("get", "rolebinding", "web", "-o", "json"))!["subjects"]!.AsArray().Count);
    }

    [Fact]
    public void Run_WithExpose_MakesAPodAndItsService() =>
        Assert.Equal("service/web created\npod/web created\n", _kubectl.Run("run", "web", "--image=web", "--port=80", "--expose"));

    [Fact]
    public void Explain_KnowsEveryKindThatIsServed()
    {
        foreach (var name in _kubectl.Run("api-resources", "-o", "name").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // kubectl takes the group of these for fields of the core group's kind of that name.
            string[] args = name == "events.events.k8s.io" ? ["events", "--api-version=events.k8s.io/v1"] : [name];
            Assert.Contains("KIND:", _kubectl.Run(["explain", .. args]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhatIsNoObject_IsToldByRawPaths()
    {
        Assert.EndsWith("readyz check passed\n", _kubectl.Run("get", "--raw", "/readyz?verbose"), StringComparison.Ordinal);
        Assert.Contains($"is running at {_server.Server.Address}", _kubectl.Run("cluster-info").Replace("\u001b[0;33m", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"PodList\"", _kubectl.Run("cluster-info", "dump"), StringComparison.Ordinal);
        Assert.Equal("error: Metrics API not available\n", _kubectl.Try(null, "top", "pods").Error);
    }

    // Claims get no volume here; who names one runs all the same.
    [Fact]
    public void APod_WithAClaim_IsTaken()
    {
        _kubectl.Give("""
            apiVersion: v1
            kind: Pod
            metadata: {name: db}
            spec:
              priorityClassName: high
              containers: [{name: db, image: db, volumeMounts: [{name: data, mountPath: /data}]}]
              volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
            """, "apply", "-f", "-");

        Assert.Equal("data", (string?)JsonNode.Parse(_kubectl.Run("get", "pod", "db", "-o", "json"))!["spec"]!["volumes"]![0]!["persistentVolumeClaim"]!["claimName"]);
    }
}
