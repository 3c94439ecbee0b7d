using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;
using static Ringfence.Kubernetes.Tests.Manifests;

namespace Ringfence.Kubernetes.Tests;

public class KindTests
{
    [Fact]
    public void Read_Policy_KnowsItsLines()
    {
        var set = Read("""
            # a comment
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: db
              namespace: shop
              annotations: {ringfence.dev/owner: team-a, other: x}
            spec:
              podSelector:
                matchLabels:
                  app: db
              ingress:
              - from:
                - podSelector:
                    matchLabels:
                      app: api
                  namespaceSelector: {}
                - ipBlock:
                    cidr: 10.0.0.0/8
                    except:
                    - 10.1.0.0/16
                ports:
                - port: 80
                  endPort: 90
                - port: dns
                  protocol: UDP

              - {}
            """);

        Assert.Empty(set.Diagnostics);
        var policy = Assert.Single(set.Objects.NetworkPolicies);
        Assert.Equal("NetworkPolicy shop/db", policy.Describe());
        Assert.Equal(new Location("-", 2, 1, 28), policy.Location);
        Assert.Equal(LabelSet.Of("ringfence.dev/owner", "team-a"), policy.Annotations);
        Assert.True(policy.AffectsIngress);
        Assert.False(policy.AffectsEgress);
        Assert.Equal(2, policy.Ingress.Length);
        var rule = policy.Ingress[0];
        Assert.Equal(new Location("-", 13, 5, 26), rule.Location);
        Assert.Equal(new Location("-", 14, 7, 17), rule.Peers[0].Location);
        Assert.Equal(new Location("-", 18, 7, 21), rule.Peers[1].Location);
        Assert.Equal(new Location("-", 23, 7, 24), rule.Ports[0].Location);
        Assert.Equal((80, 90), (rule.Ports[0].First, rule.Ports[0].Last));
        Assert.Equal("dns", rule.Ports[1].Name);
        Assert.Equal("10.0.0.0/8 except 10.1.0.0/16", rule.Peers[1].IpBlock!.ToString());
        Assert.Equal(new Location("-", 28, 5, 28), policy.Ingress[1].Location);
    }

    [Fact]
    public void Read_LivePod_KeepsWhatPoliciesSee()
    {
        var set = Read("""
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                    "name": "api-7d4-x", "namespace": "shop", "uid": "u", "resourceVersion": "1",
                    "labels": {"app": "api", "pod-template-hash": "7d4"},
                    "ownerReferences": [
                        {"apiVersion": "v1", "kind": "Other", "name": "o", "uid": "1"},
                        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "api-7d4", "uid": "2", "controller": true}]
                },
                "spec": {
                    "nodeName": "n1", "hostNetwork": false, "somethingNew": {},
                    "containers": [{"name": "a", "image": "x", "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}]}],
                    "initContainers": [{"name": "b", "restartPolicy": "Always", "ports": [{"containerPort": 53, "protocol": "UDP"}]}]
                },
                "status": {"phase": "Running", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}], "hostIP": "192.168.0.1"}
            }
            """);

        Assert.Empty(set.Diagnostics);
        var pod = Assert.Single(set.Objects.Pods);
        Assert.Equal("shop/api-7d4-x", pod.QualifiedName);
        Assert.Equal(new Location("-", 1, 1, 17), pod.Location);
        Assert.Equal(LabelSet.Of("app", "api", "pod-template-hash", "7d4"), pod.Labels);
        Assert.Equal(new OwnerReference("ReplicaSet", "api-7d4"), pod.Owner);
        Assert.Equal("n1", pod.NodeName);
        Assert.Equal(PodPhase.Running, pod.Phase);
        Assert.Equal(["10.0.0.1", "fd00::1"], pod.Addresses.Select(address => address.ToString()));
        Assert.Equal(["192.168.0.1"], pod.HostAddresses.Select(address => address.ToString()));
        Assert.Equal([new ContainerPort("http", 8080, Protocol.Tcp), new ContainerPort(null, 53, Protocol.Udp)], pod.Network.Ports);
    }

    [Theory]
    [InlineData("Deployment", "apps/v1", "replicas: 3, ", 3)]
    [InlineData("ReplicaSet", "apps/v1", "replicas: 0, ", 0)]
    [InlineData("StatefulSet", "apps/v1", "serviceName: x, ", null)]
    [InlineData("DaemonSet", "apps/v1", "", null)]
    [InlineData("ReplicationController", "v1", "replicas: 1, ", 1)]
    [InlineData("Job", "batch/v1", "completions: 4, ", null)]
    public void Read_Workload_KeepsItsTemplate(string kind, string version, string spec, int? replicas)
    {
        var set = Read($$$"""
            apiVersion: {{{version}}}
            kind: {{{kind}}}
            metadata: {name: w}
            spec: { {{{spec}}}template: {metadata: {labels: {app: x}}, spec: {hostNetwork: yes, containers: [{name: a, ports: [{containerPort: 0x50}]}]} } }
            """);

        Assert.Empty(set.Diagnostics);
        var workload = Assert.Single(set.Objects.Workloads);
        Assert.Equal($"{kind} default/w", workload.Describe());
        Assert.Equal(replicas, workload.Replicas);
        Assert.Equal(LabelSet.Of("app", "x"), workload.PodLabels);
        Assert.True(workload.Network.HostNetwork);
        Assert.Equal([new ContainerPort(null, 80, Protocol.Tcp)], workload.Network.Ports);
    }

    [Fact]
    public void Read_CronJob_KeepsTheTemplateOfItsJobs()
    {
        var set = Read("""
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: c, namespace: ns}
            spec:
              schedule: "* * * * *"
              jobTemplate: {spec: {template: {metadata: {labels: {app: c}}, spec: {restartPolicy: Never}}}}
            """);

        Assert.Empty(set.Diagnostics);
        Assert.Equal(LabelSet.Of("app", "c"), Assert.Single(set.Objects.Workloads).PodLabels);
    }

    [Fact]
    public void Read_List_ReadsItsItems()
    {
        var set = Read("""
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Namespace
              metadata: {name: a}
            - apiVersion: v1
              kind: NamespaceList
              items:
              - metadata: {name: b}
            - apiVersion: v1
              kind: ConfigMap
              metadata: {name: c}
            """);

        Assert.Empty(set.Diagnostics);
        Assert.Equal(["a", "b"], set.Objects.Namespaces.Select(n => n.Name));
        Assert.Equal(1, set.SkippedKinds["ConfigMap"]);
    }
}
