using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>The real kubectl sends pods as protobuf where <c>kubectl debug</c> makes some.</summary>
public sealed class KubectlDebugTests : IAsyncLifetime
{
    private const string Pod =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: rich, labels: {a: b}, annotations: {x: "z"}}
        spec:
          priorityClassName: x
          runtimeClassName: rc
          preemptionPolicy: Never
          nodeSelector: {kubernetes.io/os: linux}
          hostname: h
          subdomain: s
          setHostnameAsFQDN: false
          shareProcessNamespace: false
          enableServiceLinks: false
          automountServiceAccountToken: false
          activeDeadlineSeconds: 10000
          terminationGracePeriodSeconds: 0
          os: {name: linux}
          hostUsers: true
          overhead: {cpu: 10m}
          imagePullSecrets: [{name: reg}]
          readinessGates: [{conditionType: a.b/c}]
          hostAliases: [{ip: 10.1.2.3, hostnames: [a, b]}]
          dnsPolicy: None
          dnsConfig: {nameservers: [1.1.1.1], searches: [a.b], options: [{name: ndots, value: "2"}, {name: edns0}]}
          securityContext: {runAsUser: 0, runAsGroup: 3, runAsNonRoot: false, fsGroup: 2, fsGroupChangePolicy: Always, sysctls: [{name: net.x, value: "1"}], seccompProfile: {type: Localhost, localhostProfile: p}, seLinuxOptions: {user: u, role: r, type: t, level: l}, supplementalGroups: [1, 2], supplementalGroupsPolicy: Strict, appArmorProfile: {type: Unconfined}}
          tolerations: [{key: k, operator: Equal, value: v, effect: NoExecute, tolerationSeconds: 0}, {operator: Exists}]
          topologySpreadConstraints: [{maxSkew: 1, topologyKey: t, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {a: b}}, nodeAffinityPolicy: Ignore, nodeTaintsPolicy: Honor, matchLabelKeys: [x]}, {maxSkew: 2, minDomains: 2, topologyKey: u, whenUnsatisfiable: DoNotSchedule}]
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]}
              preferredDuringSchedulingIgnoredDuringExecution: [{weight: 3, preference: {matchExpressions: [{key: q, operator: Exists}], matchFields: [{key: metadata.name, operator: In, values: [nn]}]}}]
            podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5, podAffinityTerm: {topologyKey: t, labelSelector: {matchLabels: {a: b}}, namespaces: [x], namespaceSelector: {}, matchLabelKeys: [m], mismatchLabelKeys: [nn]}}]}
            podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: t, labelSelector: {matchExpressions: [{key: a, operator: NotIn, values: [zzz]}]}}]}
          initContainers:
          - {name: i, image: i, restartPolicy: Always, command: [a], args: [b]}
          containers:
          - name: c
            image: busybox:1
            imagePullPolicy: Never
            workingDir: /w
            ports: [{name: http, containerPort: 80, hostPort: 8081, protocol: UDP, hostIP: 10.0.0.1}]
            env:
            - {name: A, value: b}
            - {name: B, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: C, valueFrom: {resourceFieldRef: {containerName: c, resource: limits.cpu, divisor: 1m}}}
            - {name: D, valueFrom: {configMapKeyRef: {name: nn, key: k, optional: true}}}
            - {name: E, valueFrom: {secretKeyRef: {name: nn, key: k, optional: false}}}
            envFrom: [{prefix: p, configMapRef: {name: nn, optional: true}}, {secretRef: {name: m}}]
            resources: {limits: {cpu: "1", memory: 1Gi}, requests: {cpu: 500m}}
            volumeMounts: [{name: e, mountPath: /e, subPath: q, readOnly: true}, {name: h, mountPath: /h, mountPropagation: HostToContainer, subPathExpr: $(A)}]
            securityContext: {capabilities: {add: [A], drop: [ALL]}, privileged: false, runAsUser: 0, runAsGroup: 1, runAsNonRoot: false, readOnlyRootFilesystem: true, allowPrivilegeEscalation: true, procMount: Default, seccompProfile: {type: RuntimeDefault}, seLinuxOptions: {level: x}, appArmorProfile: {type: RuntimeDefault}}
            livenessProbe: {exec: {command: [a, b]}, initialDelaySeconds: 1, timeoutSeconds: 2, periodSeconds: 3, successThreshold: 1, failureThreshold: 5, terminationGracePeriodSeconds: 6}
            readinessProbe: {httpGet: {path: /p, port: http, host: h, scheme: HTTPS, httpHeaders: [{name: X, value: z}]}}
            startupProbe: {tcpSocket: {port: 80, host: h}}
            lifecycle: {postStart: {exec: {command: [x]}}, preStop: {sleep: {seconds: 2}}}
          - {name: d, image: d, livenessProbe: {grpc: {port: 5}}, readinessProbe: {grpc: {port: 6, service: s}}, lifecycle: {preStop: {httpGet: {path: /, port: 1}}}}
          volumes:
          - {name: e, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
          - {name: h, hostPath: {path: /h, type: Directory}}
          - {name: s, secret: {secretName: s, items: [{key: a, path: b, mode: 256}], defaultMode: 0, optional: true}}
          - {name: c, configMap: {name: s, items: [{key: a, path: b}], defaultMode: 420}}
          - {name: nf, nfs: {server: s, path: /p, readOnly: true}}
          - {name: p, persistentVolumeClaim: {claimName: x, readOnly: true}}
          - {name: d, downwardAPI: {defaultMode: 256, items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: cpu, mode: 256, resourceFieldRef: {containerName: c, resource: limits.cpu}}]}}
          - {name: j, projected: {defaultMode: 256, sources: [{serviceAccountToken: {path: t, expirationSeconds: 3600, audience: v}}, {configMap: {name: a, items: [{key: k, path: p}]}}, {secret: {name: b, optional: true}}, {downwardAPI: {items: [{path: x, fieldRef: {fieldPath: metadata.name}}]}}]}}
        """;

    private TestServer _server = null!;
    private Kubectl _kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        Kubectl.Require();
        _server = await TestServer.StartAsync();
        _kubectl = new Kubectl(_server);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public void ACopyOfAPod_HasAllThatThePodHas()
    {
        _kubectl.Give(Pod, "apply", "-f", "-");

        _kubectl.Run(
            "debug", "rich", "--copy-to=copy", "--container=d", "--image=d", "--profile=general", "--keep-labels", "--keep-annotations", "--keep-liveness", "--keep-readiness",
            "--keep-startup", "--", "x");

        var (pod, copy) = (Spec("rich"), Spec("copy"));
        var container = copy["containers"]![1]!.AsObject();
        Assert.Equal("""["x"]""", container["command"]!.ToJsonString());
        container.Remove("command");
        container.Remove("securityContext");
        // Copies share the processes, so that the debugger sees them.
        copy["shareProcessNamespace"] = false;
        Assert.Equal(pod.ToJsonString(), copy.ToJsonString());
    }

    [Fact]
    public void APodOfANode_IsMade()
    {
        _kubectl.Give("""{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-1"}}""", "apply", "-f", "-");

        _kubectl.Run("debug", "node/node-1", "--image=busybox", "--profile=sysadmin", "--", "true");

        var made = JsonNode.Parse(_kubectl.Run("get", "pods", "-o", "json"))!["items"]![0]!["spec"]!;
        Assert.Equal("node-1", (string?)made["nodeName"]);
        Assert.Equal("/", (string?)made["volumes"]![0]!["hostPath"]!["path"]);
        Assert.True((bool)made["hostNetwork"]!);
        Assert.True((bool)made["containers"]![0]!["securityContext"]!["privileged"]!);
        Assert.Equal("Exists", (string?)made["tolerations"]![0]!["operator"]);
    }

    private JsonObject Spec(string name) => Sorted(JsonNode.Parse(_kubectl.Run("get", "pod", name, "-o", "json"))!["spec"]!).AsObject();

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject value => new JsonObject(value.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, (JsonNode?)Sorted(field.Value!)))),
        JsonArray list => new JsonArray([.. list.Select(item => Sorted(item!))]),
        _ => node.DeepClone(),
    };
}
