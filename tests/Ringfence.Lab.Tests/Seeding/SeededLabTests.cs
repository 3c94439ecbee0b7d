using System.Text;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Lab.Daemon;
using Ringfence.Lab.Tests.Served;
using Xunit;

namespace Ringfence.Lab.Tests.Seeding;

/// <summary>What manifests and dumps become in a lab that its API leads.</summary>
public sealed class SeededLabTests
{
    private static readonly ResourceType ReplicaSets = ResourceCatalog.OfKind("apps/v1", "ReplicaSet")!;
    private static readonly ResourceType Services = ResourceCatalog.OfKind("v1", "Service")!;

    // As kubectl get -o json has it: pods of a ReplicaSet that was left out, one of an owner that is unknown, one that has finished.
    private const string Dump =
        """
        {"kind":"List","apiVersion":"v1","items":[
          {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","uid":"d-1"},
           "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"nodeSelector":{"disk":"fast"},"containers":[{"name":"web","image":"web","ports":[{"containerPort":80}]}]}}}},
          {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-5d4c7-aaaaa","namespace":"shop","uid":"p-1","labels":{"app":"web","pod-template-hash":"5d4c7"},
           "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d4c7","uid":"r-1","controller":true}]},
           "spec":{"nodeName":"alpha","containers":[{"name":"web","image":"web","ports":[{"containerPort":80}]}]},"status":{"phase":"Running","podIPs":[{"ip":"10.244.1.77"}],"podIP":"10.244.1.77"}},
          {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-5d4c7-bbbbb","namespace":"shop","uid":"p-2","labels":{"app":"web","pod-template-hash":"5d4c7"},
           "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d4c7","uid":"r-1","controller":true}]},
           "spec":{"nodeName":"beta","containers":[{"name":"web","image":"web","ports":[{"containerPort":80}]}]},"status":{"phase":"Running","podIP":"10.244.2.88"}},
          {"apiVersion":"v1","kind":"Pod","metadata":{"name":"lone","namespace":"shop","uid":"p-3","ownerReferences":[{"apiVersion":"example.com/v1","kind":"Operator","name":"op","uid":"o-1","controller":true}]},
           "spec":{"nodeName":"beta","containers":[{"name":"main","image":"none"}]},"status":{"phase":"Running","podIP":"10.9.9.9"}},
          {"apiVersion":"v1","kind":"Pod","metadata":{"name":"done","namespace":"shop","uid":"p-4"},
           "spec":{"nodeName":"beta","containers":[{"name":"main","image":"none"}]},"status":{"phase":"Succeeded"}}
        ]}
        """;

    [Fact]
    public async Task Dump_PodsKeepTheirNamesNodesAddressesAndOwners()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var run = await ServedLabs.StartAsync(new LabOptions { Name = "dump" }, cancellation, Dump);

        Assert.Equal(
            [("shop/lone", "beta", "10.9.9.9"), ("shop/web-5d4c7-aaaaa", "alpha", "10.244.1.77"), ("shop/web-5d4c7-bbbbb", "beta", "10.244.2.88")],
            run.Lab.Cluster.Pods.Values.Where(pod => pod.Pod.Namespace == "shop").Select(pod => (pod.Pod.QualifiedName, pod.Pod.NodeName!, pod.Pod.Addresses.Single().ToString())));
        Assert.Equal(["web-5d4c7"], run.Api.List(ReplicaSets, "shop").Items.Select(item => item.Name));
        Assert.Empty(run.Lab.Notes());
    }

    [Fact]
    public async Task Apply_SaysWhatBecameOfEachObject_AndKeepsWhatTheServerGave()
    {
        const string Service = "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: new}, spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: PORT}]}}";
        var cancellation = TestContext.Current.CancellationToken;
        await using var run = await ServedLabs.StartAsync(new LabOptions { Name = "applied", Enforce = false }, cancellation);

        Assert.Equal(["Service new/web created"], Apply(Service.Replace("PORT", "8080", StringComparison.Ordinal)));
        var given = Ports();
        Assert.Equal(["Service new/web unchanged"], Apply(Service.Replace("PORT", "8080", StringComparison.Ordinal)));
        Assert.Equal(["Service new/web configured"], Apply(Service.Replace("PORT", "8081", StringComparison.Ordinal)));
        Assert.Equal(given, Ports());
        var refused = Assert.Throws<LabException>(() => Apply(Service.Replace("PORT", "8081", StringComparison.Ordinal).Replace("selector", "selectr", StringComparison.Ordinal)));
        Assert.Contains("unknown field \"spec.selectr\"", refused.Message, StringComparison.Ordinal);
        Assert.Equal("Service new/web", Assert.Single(run.Lab.Delete(Sent(""), [new ObjectName("Service", "new", "web")])).Object.ToString());
        Assert.Throws<LabException>(() => run.Lab.Delete(Sent(""), [new ObjectName("Service", "new", "web")]));

        List<string> Apply(string text) => [.. run.Lab.Apply(Sent(text)).Changes.Select(change => $"{change.Object} {change.What}")];

        (string?, int?) Ports()
        {
            var spec = run.Api.Find(Services, "new", "web")!.Parse()["spec"]!;
            return ((string?)spec["clusterIP"], (int?)spec["ports"]![0]!["nodePort"]);
        }
    }

    [Fact]
    public async Task Kinds_OfDefinitions_AreThereForTheObjectsBesideThem()
    {
        const string Manifests =
            """
            apiVersion: example.com/v1
            kind: Thing
            metadata: {name: first, namespace: shop}
            spec: {a: b}
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: things.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: things, kind: Thing}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {a: {type: string}}}}}}}
            ---
            apiVersion: ringfence.dev/v1alpha1
            kind: Expectations
            metadata: {name: rules, namespace: shop}
            cases: [{name: x, deny: [{from: external, to: web}]}]
            ---
            apiVersion: ringfence.dev/v1alpha1
            kind: Expectations
            cases: [{name: a file alone, deny: [{from: external, to: web}]}]
            """;
        var cancellation = TestContext.Current.CancellationToken;
        await using var run = await ServedLabs.StartAsync(new LabOptions { Name = "kinds", Enforce = false }, cancellation, Manifests);

        Assert.NotNull(run.Api.Find(run.Api.Kinds.OfKind("example.com/v1", "Thing")!, "shop", "first"));
        Assert.Equal(["rules"], run.Api.List(run.Api.Kinds.OfKind("ringfence.dev/v1alpha1", "Expectations")!).Items.Select(item => item.Name));
        Assert.Empty(run.Reports);
        Assert.Equal(
            ["CustomResourceDefinition things.example.com unchanged", "Expectations shop/rules unchanged", "Thing shop/first unchanged"],
            run.Lab.Apply(Sent(Manifests)).Changes.Select(change => $"{change.Object} {change.What}").Order(StringComparer.Ordinal));
    }

    private static SentManifests Sent(string text) => new([new SentManifest("test.yaml", true, Encoding.UTF8.GetBytes(text))], null, StrictCidr: true);
}
