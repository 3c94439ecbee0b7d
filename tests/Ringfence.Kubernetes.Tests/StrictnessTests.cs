using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;
using static Ringfence.Kubernetes.Tests.Manifests;

namespace Ringfence.Kubernetes.Tests;

public class StrictnessTests
{
    private static string Policy(string spec) =>
        $"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: shop}}\nspec:\n{spec}";

    [Theory]
    [InlineData("  podSelecter: {}\n", "5:3", "unknown field \"spec.podSelecter\": did you mean \"podSelector\"?")]
    [InlineData("  podSelector: {}\n  ingress:\n  - from:\n    - podSelector: {}\n      ports: []\n", "9:7",
        "unknown field \"spec.ingress[0].from[0].ports\": it belongs to the rule, beside \"from\" or \"to\": check the indentation")]
    [InlineData("  egress:\n  - from: []\n", "6:5", "unknown field \"spec.egress[0].from\": an egress rule has \"to\"")]
    [InlineData("  ingress:\n  - ports:\n    - prot: 80\n", "7:7", "unknown field \"spec.ingress[0].ports[0].prot\": did you mean \"port\"?")]
    [InlineData("  podSelector:\n    matchLabels: {a.b/c: x}\n    foo: 1\n", "7:5",
        "unknown field \"spec.podSelector.foo\": known here: matchLabels, matchExpressions")]
    public void Read_UnknownField_SaysWhatIsMeant(string spec, string place, string message)
    {
        var set = Read(Policy(spec));
        Assert.Equal(("unknown-field", place, message), (Only(set).Code, Place(Only(set)), Only(set).Message));
        Assert.Equal("NetworkPolicy shop/p", Only(set).Object);
        Assert.Empty(set.Objects.NetworkPolicies);
    }

    [Fact]
    public void Read_DuplicateKey_SaysBothPlaces()
    {
        var set = Read(Policy("  podSelector: {}\n  ingress: []\n  podSelector:\n    matchLabels: {a: b}\n"));
        Assert.Equal(("duplicate-key", "7:3"), (Only(set).Code, Place(Only(set))));
        Assert.Contains("\"spec.podSelector\": first at line 5, column 3", Only(set).Message, StringComparison.Ordinal);
        Assert.Empty(set.Objects.NetworkPolicies);
    }

    [Fact]
    public void Read_DuplicateKeyInJson_SaysBothPlaces()
    {
        var set = Read("""
            {"apiVersion": "v1", "kind": "Namespace",
             "metadata": {"name": "a", "labels": {"x": "1",
               "x": "2"}}}
            """);
        Assert.Equal(("duplicate-key", "3:4"), (Only(set).Code, Place(Only(set))));
        Assert.Contains("\"metadata.labels.x\": first at line 2, column 39", Only(set).Message, StringComparison.Ordinal);
        Assert.Equal("2", Assert.Single(set.Objects.Namespaces).Labels["x"]);
    }

    [Theory]
    [InlineData("  ingress: {from: []}\n", "5:12", "spec.ingress: expected a list, got a mapping: begin each entry with a hyphen")]
    [InlineData("  ingress:\n  - ports:\n    - port: yes\n", "7:13",
        "spec.ingress[0].ports[0].port: expected a number or a name, got the boolean true (YAML reads yes as a boolean)")]
    [InlineData("  ingress:\n  - ports:\n    - endPort: \"x\"\n", "7:16", "spec.ingress[0].ports[0].endPort: expected a number, got the string \"x\"")]
    [InlineData("  ingress:\n  - ports:\n    - endPort: \"90\"\n", "7:16",
        "spec.ingress[0].ports[0].endPort: expected a number, got the string \"90\": write it without quotes")]
    [InlineData("  ingress:\n  - ports:\n    - port: 99999999999\n", "7:13", "spec.ingress[0].ports[0].port: 99999999999 does not fit a 32-bit number")]
    [InlineData("  ingress:\n  - ports:\n    - port: 80.5\n", "7:13", "spec.ingress[0].ports[0].port: expected a whole number, got the number 80.5")]
    [InlineData("  podSelector:\n    matchLabels: {a: 1}\n", "6:22", "spec.podSelector.matchLabels.a: expected a string, got the number 1: write \"1\" with quotes")]
    [InlineData("  policyTypes: Ingress\n", "5:16", "spec.policyTypes: expected a list, got the string \"Ingress\"")]
    [InlineData("  podSelector: []\n", "5:16", "spec.podSelector: expected a mapping, got a list")]
    public void Read_WrongType_SaysWhatIsThere(string spec, string place, string message)
    {
        var set = Read(Policy(spec));
        Assert.Equal(("wrong-type", place, message), (Only(set).Code, Place(Only(set)), Only(set).Message));
        Assert.Empty(set.Objects.NetworkPolicies);
    }

    [Theory]
    [InlineData("  ingress:\n  - ports:\n    - port: \"80\"\n", "7:13", FieldErrorType.FieldValueInvalid, "spec.ingress[0].ports[0].port")]
    [InlineData("  ingress:\n  - from:\n    - ipBlock: {cidr: 10.0.0.1/8}\n", "7:23", FieldErrorType.FieldValueInvalid, "spec.ingress[0].from[0].ipBlock.cidr")]
    [InlineData("  ingress:\n  - from:\n    - {}\n", "7:7", FieldErrorType.FieldValueRequired, "spec.ingress[0].from[0]")]
    [InlineData("  egress:\n  - to:\n    - ipBlock:\n        except: []\n", "8:9", FieldErrorType.FieldValueRequired, "spec.egress[0].to[0].ipBlock.cidr")]
    [InlineData("  policyTypes: [Ingress, Out]\n", "5:26", FieldErrorType.FieldValueNotSupported, "spec.policyTypes[1]")]
    public void Read_InvalidPolicy_HasTheApiServersErrorAndItsPlace(string spec, string place, FieldErrorType type, string field)
    {
        var set = Read(Policy(spec));
        var diagnostic = Only(set);
        Assert.Equal(("invalid", place), (diagnostic.Code, Place(diagnostic)));
        Assert.Equal((type, field), (diagnostic.FieldError!.Type, diagnostic.FieldError.Field));
        Assert.Equal(diagnostic.FieldError.ToString(), diagnostic.Message);
        Assert.Empty(set.Objects.NetworkPolicies);
    }

    [Fact]
    public void Read_HostBitsInCidr_AreAllowedWhereCidrsAreNotStrict()
    {
        var set = Read(Policy("  ingress:\n  - from:\n    - ipBlock: {cidr: 10.0.0.1/8}\n"), new ManifestOptions { StrictCidr = false });
        Assert.Empty(set.Diagnostics);
        Assert.Single(set.Objects.NetworkPolicies);
    }

    [Fact]
    public void Read_Nulls_AreWhatGoMakesOfThem()
    {
        var set = Read(Policy("  podSelector: null\n  ingress: [null, {from: null, ports: [null]}]\n  egress: ~\n  policyTypes:\n"));
        Assert.Empty(set.Diagnostics);
        var policy = Assert.Single(set.Objects.NetworkPolicies);
        Assert.True(policy.PodSelector.IsEverything);
        Assert.Equal((true, false, true), (policy.AffectsIngress, policy.AffectsEgress, policy.TypesDefaulted));
        Assert.Empty(policy.Ingress[0].Peers);
        Assert.Empty(policy.Ingress[0].Ports);
        Assert.Equal(Protocol.Tcp, Assert.Single(policy.Ingress[1].Ports).Protocol);
        Assert.True(policy.Ingress[1].Ports[0].IsEveryPort);
    }

    [Fact]
    public void Read_NullPeer_IsAPeerWithoutFields() =>
        Assert.Equal(FieldErrorType.FieldValueRequired, Only(Read(Policy("  ingress: [{from: [null]}]\n"))).FieldError!.Type);

    [Fact]
    public void Read_AnchorsAndMerges_AreFollowed()
    {
        var set = Read(Policy("""
              podSelector: &api {matchLabels: &labels {app: api}}
              ingress:
              - from:
                - podSelector: *api
                - podSelector:
                    matchLabels:
                      <<: *labels
                      tier: x
                - podSelector: {matchLabels: {<<: [*labels, {app: other, zone: z}], tier: x}}
            """));
        Assert.Empty(set.Diagnostics);
        var peers = set.Objects.NetworkPolicies[0].Ingress[0].Peers;
        Assert.Equal(["app=api", "app=api,tier=x", "app=api,tier=x,zone=z"], peers.Select(peer => peer.PodSelector!.ToString()));
        Assert.Equal([8, 9, 13], peers.Select(peer => peer.Location.Line));
        Assert.Equal([8, 12, 13], peers.Select(peer => peer.Location.EndLine));
    }

    [Theory]
    [InlineData("80", 80)]
    [InlineData("0x50", 80)]
    [InlineData("0120", 80)]
    [InlineData("0o120", 80)]
    [InlineData("0b1010000", 80)]
    [InlineData("8_0", 80)]
    [InlineData("+80", 80)]
    [InlineData("80.0", 80)]
    [InlineData("8e1", 80)]
    [InlineData("!!int \"80\"", 80)]
    public void Read_YamlNumbers_AreWhatKubectlReads(string written, int port)
    {
        var set = Read(Policy($"  ingress:\n  - ports:\n    - port: {written}\n"));
        Assert.Empty(set.Diagnostics);
        Assert.Equal(port, set.Objects.NetworkPolicies[0].Ingress[0].Ports[0].First);
    }

    [Theory]
    [InlineData("on", "the boolean true (YAML reads on as a boolean)")]
    [InlineData("n", "the boolean false (YAML reads n as a boolean)")]
    [InlineData("1.50", "the number 1.50")]
    [InlineData("1e3", "the number 1e3")]
    public void Read_LabelThatIsNoString_IsTold(string written, string got)
    {
        var set = Read($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: a, labels: {{x: {written}}}}}\n");
        Assert.Contains($"metadata.labels.x: expected a string, got {got}", Only(set).Message, StringComparison.Ordinal);
        Assert.Equal(written, set.Objects.Namespaces[0].Labels["x"]);
    }

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("2001-01-01")]
    [InlineData("0x")]
    [InlineData("1_a")]
    [InlineData("y1")]
    [InlineData("!!str 80")]
    [InlineData("'80'")]
    public void Read_LabelThatOnlyLooksLikeANumber_IsAString(string written) =>
        Assert.Empty(Read($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: a, labels: {{x: {written}}}}}\n").Diagnostics);

    [Theory]
    [InlineData("extensions/v1beta1", "NetworkPolicy", "old-api-version", "write apiVersion: networking.k8s.io/v1", 0)]
    [InlineData("v1", "NetworkPolicy", "unknown-api-version", "NetworkPolicy is in networking.k8s.io/v1, not in \"v1\"", 0)]
    [InlineData("extensions/v1beta1", "Ingress", "old-api-version", "write apiVersion: networking.k8s.io/v1", 0)]
    [InlineData("apps/v1beta1", "Deployment", "old-api-version", "write apiVersion: apps/v1", 1)]
    [InlineData("batch/v1beta1", "CronJob", "old-api-version", "write apiVersion: batch/v1", 1)]
    public void Read_OldVersion_SaysWhatToWrite(string version, string kind, string code, string message, int workloads)
    {
        var set = Read($"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\nspec: {{}}\n");
        Assert.Equal((Severity.Error, code, "1:13"), (Only(set).Severity, Only(set).Code, Place(Only(set))));
        Assert.Contains(message, Only(set).Message, StringComparison.Ordinal);
        Assert.Equal(workloads, set.Objects.Workloads.Length);
    }

    [Theory]
    [InlineData("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", "")]
    [InlineData("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", "")]
    [InlineData("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy", "")]
    [InlineData("crd.projectcalico.org/v1", "GlobalNetworkPolicy", "")]
    [InlineData("projectcalico.org/v3", "NetworkPolicy", "default/")]
    [InlineData("cilium.io/v2", "CiliumNetworkPolicy", "default/")]
    [InlineData("cilium.io/v2", "CiliumClusterwideNetworkPolicy", "")]
    public void Read_PolicyOfAnotherKind_IsLoudlyNotEvaluated(string version, string kind, string prefix)
    {
        var set = Read($"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\nspec: {{anything: [1]}}\n");
        Assert.Equal((Severity.Warning, "not-evaluated"), (Only(set).Severity, Only(set).Code));
        Assert.Contains("can change every answer", Only(set).Message, StringComparison.Ordinal);
        Assert.Equal($"{kind} {prefix}x", Assert.Single(set.Objects.Unevaluated).Describe());
    }

    [Theory]
    [InlineData("v1", "ConfigMap")]
    [InlineData("serving.knative.dev/v1", "Service")]
    [InlineData("kustomize.config.k8s.io/v1beta1", "Kustomization")]
    public void Read_OtherKind_IsSkippedWithACount(string version, string kind)
    {
        var text = $"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n---\n";
        var set = Read(text + text);
        Assert.Empty(set.Diagnostics);
        Assert.Equal(2, Assert.Single(set.SkippedKinds).Value);
        Assert.Equal(kind, set.SkippedKinds.Keys.Single());
    }

    [Fact]
    public void Read_Namespace_IsTheDefaultOrRequired()
    {
        const string Text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {}\n";
        Assert.Equal("default", Read(Text).Objects.NetworkPolicies[0].Namespace);
        Assert.Equal("x", Read(Text, new ManifestOptions { DefaultNamespace = "x", RequireNamespace = true }).Objects.NetworkPolicies[0].Namespace);
        var error = Only(Read(Text, new ManifestOptions { RequireNamespace = true }));
        Assert.Equal(("metadata.namespace", FieldErrorType.FieldValueRequired), (error.FieldError!.Field, error.FieldError.Type));
    }

    [Fact]
    public void Read_UnknownFieldOfALiveObject_IsNotTold()
    {
        var set = Read("apiVersion: v1\nkind: Pod\nmetadata: {name: a, uid: u, resourceVersion: '1', new: 1}\nspec: {newer: 2, containers: []}\nstatus: {newest: 3}\n");
        Assert.Empty(set.Diagnostics);
        Assert.Equal("unknown-field", Only(Read("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {newer: 2}\n")).Code);
    }

    [Fact]
    public void Read_Service_Ingress_EndpointSlice_Node()
    {
        var set = Read("""
            apiVersion: v1
            kind: Service
            metadata: {name: s}
            spec:
              type: NodePort
              selector: {app: x}
              clusterIP: 10.96.0.1
              ports: [{port: 80, targetPort: http, nodePort: 30080}, {name: d, port: 53, protocol: UDP}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: headless}
            spec: {clusterIP: None, ports: [{port: 80, targetPort: 8080}]}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: i}
            spec:
              defaultBackend: {service: {name: d, port: {name: http}}}
              rules:
              - host: h
                http: {paths: [{path: /a, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}, {pathType: Exact, backend: {resource: {kind: X, name: y}}}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}
            addressType: IPv4
            endpoints:
            - {addresses: [10.0.0.1], conditions: {ready: true}, targetRef: {kind: Pod, name: p}}
            - {addresses: [10.0.0.2], conditions: {ready: false}}
            - {addresses: [10.0.0.3]}
            ports: [{port: 8080, name: http}]
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: n1}
            spec: {podCIDR: 10.0.0.0/24, podCIDRs: [10.0.0.0/24, 'fd00::/64']}
            status: {addresses: [{type: InternalIP, address: 192.168.0.1}, {type: Hostname, address: n1}]}
            """);
        Assert.Empty(set.Diagnostics);
        var service = set.Objects.Services[0];
        Assert.Equal(("NodePort", "10.96.0.1"), (service.Type, service.ClusterIPs.Single().ToString()));
        Assert.Equal(new ServicePort(null, 80, Protocol.Tcp, new PortReference(0, "http"), 30080), service.Ports[0]);
        Assert.Equal(new ServicePort("d", 53, Protocol.Udp, new PortReference(53, null), null), service.Ports[1]);
        Assert.Empty(set.Objects.Services[1].ClusterIPs);
        Assert.Null(set.Objects.Services[1].Selector);
        Assert.Equal([(null, "d", "http"), ("h", "s", "80")], set.Objects.Ingresses[0].Backends.Select(b => (b.Host, b.ServiceName, b.Port.ToString())));
        var slice = set.Objects.EndpointSlices[0];
        Assert.Equal("s", slice.ServiceName);
        Assert.Equal([("10.0.0.1", "p"), ("10.0.0.3", null)], slice.Endpoints.Select(e => (e.Address.ToString(), e.PodName)));
        Assert.Equal(["192.168.0.1"], set.Objects.Nodes[0].Addresses.Select(a => a.ToString()));
        Assert.Equal(["10.0.0.0/24", "fd00::/64"], set.Objects.Nodes[0].PodCidrs.Select(p => p.ToString()));
    }

    [Theory]
    [InlineData("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy")]
    [InlineData("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy")]
    [InlineData("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy")]
    [InlineData("cilium.io/v2", "CiliumClusterwideNetworkPolicy")]
    [InlineData("projectcalico.org/v3", "GlobalNetworkPolicy")]
    public void Read_ClusterScopedPolicy_IsCalledByItsNameAlone(string version, string kind) =>
        Assert.Equal($"{kind} x", Only(Read($"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n")).Object);

    [Theory]
    [InlineData("v1", "Pod", "metadata: {name: Bad_Name}", "metadata.name", "RFC 1123 subdomain")]
    [InlineData("v1", "Pod", "metadata: {generateName: Bad_}", "metadata.generateName", "RFC 1123 subdomain")]
    [InlineData("v1", "Pod", "metadata: {name: x, namespace: a.b}", "metadata.namespace", "must not contain dots")]
    [InlineData("v1", "Namespace", "metadata: {name: a.b}", "metadata.name", "must not contain dots")]
    [InlineData("v1", "Service", "metadata: {name: x, labels: {a: b c}}", "metadata.labels", "a valid label must be")]
    [InlineData("cilium.io/v2", "CiliumNetworkPolicy", "metadata: {name: x, labels: {-a: b}}", "metadata.labels", "name part must consist")]
    [InlineData("apps/v1", "Deployment", "metadata: {name: x}\nspec: {template: {metadata: {labels: {a: -x}}}}", "spec.template.metadata.labels", "a valid label")]
    [InlineData(
        "batch/v1", "CronJob", "metadata: {name: x}\nspec: {jobTemplate: {spec: {template: {metadata: {labels: {a/b/c: d}}}}}}",
        "spec.jobTemplate.spec.template.metadata.labels", "a valid label key")]
    public void Read_OddNameOrLabelOfAnyKind_IsAnErrorAndTheObjectIsKept(string version, string kind, string rest, string field, string words)
    {
        var set = Read($"apiVersion: {version}\nkind: {kind}\n{rest}\n");
        var error = set.Diagnostics.First(diagnostic => diagnostic.Severity == Severity.Error);
        Assert.Equal(field, error.FieldError?.Field);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        var objects = set.Objects;
        Assert.Equal(1, objects.Pods.Length + objects.Namespaces.Length + objects.Services.Length + objects.Workloads.Length + objects.Unevaluated.Length);
    }

    [Theory]
    [InlineData("\"name\": \"Bad\"")]
    [InlineData("\"name\": \"a..b\"")]
    [InlineData("\"name\": \"x\", \"generateName\": \"Bad-\"")]
    [InlineData("\"name\": \"x\", \"namespace\": \"a.b\"")]
    [InlineData("\"name\": \"x\", \"labels\": {\"a\": \"b c\"}")]
    public void TryRead_OddNameOrLabel_IsLeftToTheStrictReader(string metadata)
    {
        var pods = new Model.Decoding.PodBytes(new Model.Decoding.DecodeOptions(), "f");
        Assert.Null(pods.TryRead(System.Text.Encoding.UTF8.GetBytes($$$"""{"metadata": {{{{metadata}}}}}"""), 1, 1, isPod: true));
        Assert.NotNull(pods.TryRead("""{"metadata": {"name": "a.b", "generateName": "a-", "namespace": "c", "labels": {"x.y/z": "W_1"}}}"""u8, 1, 1, isPod: true));
    }

    [Theory]
    [InlineData("metadata: {name: x}\nspec: {podSelecter: {}}", "spec.podSelecter")]
    [InlineData("metadata: {name: x}\nspec: {podSelector: []}", "spec.podSelector")]
    [InlineData("metadata: {name: x, name: b}", "metadata.name")]
    public void Read_DecodingError_NamesItsField(string rest, string field) =>
        Assert.Equal(field, Only(Read($"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n{rest}\n")).Field);
}
