using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>The real kubectl defines kinds and uses them.</summary>
public sealed class CustomResourceKubectlTests : IAsyncLifetime
{
    private const string Widgets =
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.shop.example.com}
        spec:
          group: shop.example.com
          scope: Namespaced
          names: {plural: widgets, kind: Widget, shortNames: [wd], categories: [all, goods]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}, scale: {specReplicasPath: .spec.count, statusReplicasPath: .status.count, labelSelectorPath: .status.selector}}
            selectableFields: [{jsonPath: .spec.colour}]
            additionalPrinterColumns:
            - {name: Colour, type: string, jsonPath: .spec.colour}
            - {name: Count, type: integer, jsonPath: .spec.count, priority: 1}
            - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
            - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
            schema:
              openAPIV3Schema:
                type: object
                description: A thing of the shop.
                properties:
                  spec:
                    type: object
                    description: What is wanted of it.
                    required: [colour]
                    properties:
                      colour: {type: string, enum: [red, green], description: How it looks.}
                      count: {type: integer, minimum: 0, maximum: 10, default: 1}
                      code: {type: string, pattern: '^[A-Z]{2}\d+$', maxLength: 5}
                      port: {x-kubernetes-int-or-string: true}
                      free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                      parts:
                        type: array
                        x-kubernetes-list-type: map
                        x-kubernetes-list-map-keys: [name]
                        items:
                          type: object
                          required: [name]
                          properties: {name: {type: string}, weight: {type: number, default: 0.5}}
                  status:
                    type: object
                    properties:
                      count: {type: integer}
                      selector: {type: string}
                      conditions:
                        type: array
                        items: {type: object, properties: {type: {type: string}, status: {type: string}}}
          - name: v1beta1
            served: true
            storage: false
            deprecated: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """;

    private const string Red =
        """
        apiVersion: shop.example.com/v1
        kind: Widget
        metadata: {name: red, labels: {a: b}}
        spec: {colour: red, parts: [{name: wheel}]}
        """;

    private TestServer _server = null!;
    private Kubectl _kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        Kubectl.Require();
        _server = await TestServer.StartAsync((options, _) => options with { Controllers = new ControllerOptions() });
        _kubectl = new Kubectl(_server);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public void Definition_IsEstablishedAndServedAtOnce()
    {
        Assert.Equal("customresourcedefinition.apiextensions.k8s.io/widgets.shop.example.com created\n", _kubectl.Give(Widgets, "apply", "-f", "-"));
        Assert.Contains("condition met", _kubectl.Run("wait", "--for=condition=Established", "crd/widgets.shop.example.com", "--timeout=120s"), StringComparison.Ordinal);
        Assert.Matches("^NAME +CREATED AT\nwidgets.shop.example.com +20[0-9-]+T[0-9:]+Z\n$", _kubectl.Run("get", "crd", "widgets.shop.example.com"));
        Assert.Equal("customresourcedefinition.apiextensions.k8s.io/widgets.shop.example.com unchanged\n", _kubectl.Give(Widgets, "apply", "-f", "-"));
        Assert.Equal("True [v1] widget WidgetList", _kubectl.Run(
            "get", "crd", "widgets.shop.example.com", "-o", "jsonpath={.status.conditions[?(@.type==\"NamesAccepted\")].status} {.status.storedVersions[*]} {.status.acceptedNames.singular} {.status.acceptedNames.listKind}")
            .Replace(" v1 ", " [v1] ", StringComparison.Ordinal));

        Assert.Equal("widget.shop.example.com/red created\n", _kubectl.Give(Red, "apply", "-f", "-"));
        Assert.Matches("widgets +wd +shop.example.com/v1 +true +Widget", _kubectl.Run("api-resources", "--api-group=shop.example.com"));
        Assert.Contains("shop.example.com/v1beta1\n", _kubectl.Run("api-versions"), StringComparison.Ordinal);
        Assert.Contains("How it looks.", _kubectl.Run("explain", "widget.spec.colour"), StringComparison.Ordinal);
        Assert.Contains("What is wanted of it.", _kubectl.Run("explain", "wd.spec", "--recursive"), StringComparison.Ordinal);
        Assert.Contains("Name:         red", _kubectl.Run("describe", "wd", "red"), StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_AreShownInTheirColumns()
    {
        Define();
        _kubectl.Run("patch", "wd", "red", "--subresource=status", "--type=merge", "-p", """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""");

        Assert.Matches("^NAME +COLOUR +READY +AGE\nred +red +True +[0-9]+s\n$", _kubectl.Run("get", "wd"));
        Assert.Matches("^NAME +COLOUR +COUNT +READY +AGE\nred +red +1 +True +[0-9]+s\n$", _kubectl.Run("get", "widgets.shop.example.com", "-o", "wide"));
        Assert.Equal("widget.shop.example.com/red\n", _kubectl.Run("get", "goods", "-o", "name"));
        Assert.Contains("widget.shop.example.com/red", _kubectl.Run("get", "all"), StringComparison.Ordinal);
        Assert.Equal("widget.shop.example.com/red\n", _kubectl.Run("get", "wd", "-o", "name", "-l", "a=b", "--field-selector=spec.colour=red"));
        Assert.Equal("", _kubectl.Run("get", "wd", "-o", "name", "--field-selector=spec.colour=green"));
        Assert.Contains("field label not supported: spec.count", _kubectl.Try(null, "get", "wd", "--field-selector=spec.count=1").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_AreCheckedPrunedAndFilledIn()
    {
        Define();

        Assert.Equal("1 0.5", _kubectl.Run("get", "wd", "red", "-o", "jsonpath={.spec.count} {.spec.parts[0].weight}"));
        var unknown = Red.Replace("colour: red,", "colour: red, size: 4,", StringComparison.Ordinal);
        Assert.Contains("unknown field \"spec.size\"", _kubectl.Try(unknown, "apply", "-f", "-").Error, StringComparison.Ordinal);
        Assert.Contains("Warning: unknown field \"spec.size\"", _kubectl.Try(unknown, "apply", "--validate=warn", "-f", "-").Error, StringComparison.Ordinal);
        Assert.Equal("", _kubectl.Run("get", "wd", "red", "-o", "jsonpath={.spec.size}"));
        Assert.Contains("Invalid value: \"string\": spec.count in body must be of type integer: \"string\"", Refused("colour: red, count: \"3\""), StringComparison.Ordinal);
        Assert.Contains("spec.colour: Required value", Refused("count: 3"), StringComparison.Ordinal);
        Assert.Contains("spec.colour: Unsupported value: \"blue\": supported values: \"red\", \"green\"", Refused("colour: blue"), StringComparison.Ordinal);
        Assert.Contains("spec.count: Invalid value: 11: spec.count in body should be less than or equal to 10", Refused("colour: red, count: 11"), StringComparison.Ordinal);
        Assert.Contains("spec.code: Invalid value: \"a1\": spec.code in body should match '^[A-Z]{2}\\d+$'", Refused("colour: red, code: a1"), StringComparison.Ordinal);
        Assert.Contains("spec.parts[1]: Duplicate value: {\"name\":\"x\"}", Refused("colour: red, parts: [{name: x}, {name: x}]"), StringComparison.Ordinal);
        Assert.Contains("The Widget \"new\" is invalid", Refused("count: 3"), StringComparison.Ordinal);
        _kubectl.Give(Red.Replace("colour: red,", "colour: red, port: http, free: {any: [1, {thing: true}]},", StringComparison.Ordinal), "apply", "-f", "-");
        Assert.Equal("http true", _kubectl.Run("get", "wd", "red", "-o", "jsonpath={.spec.port} {.spec.free.any[1].thing}"));
    }

    [Fact]
    public void Objects_AreChangedInEveryWay()
    {
        Define();
        string Field(string path) => _kubectl.Run("get", "wd", "red", "-o", $"jsonpath={{{path}}}");

        _kubectl.Run("patch", "wd", "red", "--type=merge", "-p", """{"spec":{"colour":"green"}}""");
        _kubectl.Run("patch", "wd", "red", "--type=json", "-p", """[{"op":"replace","path":"/spec/count","value":4}]""");
        Assert.Equal("green 4 3", $"{Field(".spec.colour")} {Field(".spec.count")} {Field(".metadata.generation")}");
        Assert.Contains("application/strategic-merge-patch+json is not supported by shop.example.com/v1, Kind=Widget", _kubectl.Try(null, "patch", "wd", "red", "-p", """{"spec":{"colour":"red"}}""").Error, StringComparison.Ordinal);
        _kubectl.Run("label", "wd", "red", "x=y");
        _kubectl.Run("annotate", "wd", "red", "by=hand");
        Assert.Equal("3", Field(".metadata.generation"));
        Assert.Contains("scaled", _kubectl.Run("scale", "wd", "red", "--replicas=7"), StringComparison.Ordinal);
        Assert.Equal("7", Field(".spec.count"));
        // What apply did not set stays; what it set comes back.
        _kubectl.Give(Red, "apply", "-f", "-");
        Assert.Equal("red 7 hand", $"{Field(".spec.colour")} {Field(".spec.count")} {Field(".metadata.annotations.by")}");
        _kubectl.Run("patch", "wd", "red", "--type=merge", "-p", """{"status":{"count":9}}""");
        Assert.Equal("", Field(".status.count"));
        _kubectl.Run("patch", "wd", "red", "--subresource=status", "--type=merge", "-p", """{"status":{"count":9},"spec":{"colour":"green"}}""");
        Assert.Equal("9 red", $"{Field(".status.count")} {Field(".spec.colour")}");
        _kubectl.Run("patch", "wd", "red", "--subresource=status", "--type=merge", "-p", """{"status":{"selector":"app=red"}}""");
        var scale = JsonNode.Parse(_kubectl.Run("get", "--raw", "/apis/shop.example.com/v1/namespaces/default/widgets/red/scale"))!;
        Assert.Equal("7 9 app=red", $"{scale["spec"]!["replicas"]} {scale["status"]!["replicas"]} {scale["status"]!["selector"]}");
        Assert.Equal("widget.shop.example.com \"red\" deleted\n", _kubectl.Run("delete", "wd", "red"));
    }

    [Fact]
    public void Versions_AreOfTheSameObjects()
    {
        Define();

        var old = JsonNode.Parse(_kubectl.Run("get", "widgets.v1beta1.shop.example.com", "red", "-o", "json"))!;
        Assert.Equal("shop.example.com/v1beta1", (string?)old["apiVersion"]);
        Assert.Contains("is deprecated", _kubectl.Try(null, "get", "widgets.v1beta1.shop.example.com").Error, StringComparison.Ordinal);
        _kubectl.Run("patch", "widgets.v1beta1.shop.example.com", "red", "--type=merge", "-p", """{"spec":{"colour":"green"}}""");
        Assert.Equal("shop.example.com/v1 green", _kubectl.Run("get", "wd", "red", "-o", "jsonpath={.apiVersion} {.spec.colour}"));
        // Kept in another version from now on.
        _kubectl.Give(Widgets.Replace("storage: true", "storage: #", StringComparison.Ordinal).Replace("storage: false", "storage: true", StringComparison.Ordinal).Replace("storage: #", "storage: false", StringComparison.Ordinal), "apply", "-f", "-");
        Assert.Equal("v1 v1beta1", _kubectl.Run("get", "crd", "widgets.shop.example.com", "-o", "jsonpath={.status.storedVersions[*]}"));
        Assert.Equal("green", _kubectl.Run("get", "wd", "red", "-o", "jsonpath={.spec.colour}"));
        Assert.Contains("must appear in spec.versions", _kubectl.Try(Widgets[..Widgets.IndexOf("  - name: v1beta1", StringComparison.Ordinal)], "apply", "-f", "-").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_SeesObjectsComeAndGo()
    {
        Define();
        using var watch = _kubectl.Start("get", "wd", "-w", "-o", "name", "--output-watch-events=false");
        try
        {
            Assert.Equal("widget.shop.example.com/red", watch.StandardOutput.ReadLine());
            _kubectl.Give(Red.Replace("name: red", "name: other", StringComparison.Ordinal), "apply", "-f", "-");
            Assert.Equal("widget.shop.example.com/other", watch.StandardOutput.ReadLine());
        }
        finally
        {
            watch.Kill();
        }
    }

    [Fact]
    public void Deletion_TakesAlongWhatBelongsToIt()
    {
        Define();
        var uid = _kubectl.Run("get", "wd", "red", "-o", "jsonpath={.metadata.uid}");
        _kubectl.Give(
            $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: owned, ownerReferences: [{apiVersion: shop.example.com/v1, kind: Widget, name: red, uid: {{uid}}}]}
            """,
            "apply", "-f", "-");
        _kubectl.Run("create", "namespace", "other");
        _kubectl.Give(Red, "apply", "-n", "other", "-f", "-");
        _kubectl.Run("delete", "namespace", "other");
        Assert.Equal("No resources found in other namespace.\n", _kubectl.Try(null, "get", "wd", "-n", "other").Error);

        _kubectl.Run("delete", "crd", "widgets.shop.example.com");
        _kubectl.Run("wait", "--for=delete", "configmap/owned", "--timeout=60s");
        Assert.Contains("the server could not find the requested resource", _kubectl.Try(null, "get", "wd").Error, StringComparison.Ordinal);
        _kubectl.Give(Widgets, "apply", "-f", "-");
        Assert.Equal("", _kubectl.Run("get", "wd", "-A", "-o", "name"));
    }

    [Fact]
    public void Deletion_WaitsForFinalizersAndTakesNothingNew()
    {
        Define();
        _kubectl.Run("patch", "wd", "red", "--type=merge", "-p", """{"metadata":{"finalizers":["wait.example.com"]}}""");
        _kubectl.Run("delete", "crd", "widgets.shop.example.com", "--wait=false");

        _kubectl.Run("wait", "--for=condition=Terminating", "crd/widgets.shop.example.com", "--timeout=60s");
        Assert.Contains(
            "create not allowed while custom resource definition is terminating",
            _kubectl.Try(Red.Replace("name: red", "name: late", StringComparison.Ordinal), "create", "-f", "-").Error, StringComparison.Ordinal);
        _kubectl.Run("patch", "wd", "red", "--type=merge", "-p", """{"metadata":{"finalizers":null}}""");
        _kubectl.Run("wait", "--for=delete", "crd/widgets.shop.example.com", "--timeout=60s");
    }

    [Fact]
    public void Names_ThatAreTaken_AreGivenWhenTheyAreFree()
    {
        _kubectl.Give(Widgets, "apply", "-f", "-");
        var rival = Widgets.Replace("widgets", "rivals", StringComparison.Ordinal).Replace("kind: Widget", "kind: Rival", StringComparison.Ordinal);
        _kubectl.Give(rival, "apply", "-f", "-");
        Assert.Equal("False ShortNamesConflict \"wd\" is already in use", _kubectl.Run(
            "get", "crd", "rivals.shop.example.com", "-o", "jsonpath={.status.conditions[0].status} {.status.conditions[0].reason} {.status.conditions[0].message}"));
        Assert.DoesNotContain("rivals", _kubectl.Run("api-resources", "--api-group=shop.example.com"), StringComparison.Ordinal);

        _kubectl.Run("delete", "crd", "widgets.shop.example.com");
        _kubectl.Run("wait", "--for=condition=Established", "crd/rivals.shop.example.com", "--timeout=60s");
    }

    [Fact]
    public void Definition_WithRules_IsTakenWithAWarning()
    {
        var run = _kubectl.Try(Widgets.Replace("required: [colour]", "required: [colour]\n            x-kubernetes-validations: [{rule: 'self.count > 0'}]", StringComparison.Ordinal), "apply", "-f", "-");

        Assert.Equal(0, run.Code);
        Assert.Contains("Warning: spec.versions[0].schema.openAPIV3Schema: x-kubernetes-validations are kept, and not evaluated", run.Error, StringComparison.Ordinal);
        Assert.Equal("self.count > 0", _kubectl.Run("get", "crd", "widgets.shop.example.com", "-o", "jsonpath={.spec.versions[0].schema.openAPIV3Schema.properties.spec.x-kubernetes-validations[0].rule}"));
    }

    [Fact]
    public void ClusterPolicies_AreKeptAsOnACluster()
    {
        Assert.Contains("not evaluated", _kubectl.Try(ClusterPolicies, "apply", "-f", "-").Error, StringComparison.Ordinal);
        const string policy =
            """
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterPolicy
            metadata: {name: closed}
            spec:
              tier: Admin
              priority: 5
              subject: {namespaces: {matchLabels: {team: a}}}
              ingress:
              - {name: in, action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}
              egress:
              - {action: Accept, to: [{networks: [10.0.0.0/8, 192.0.2.0/24]}, {domainNames: ['*.example.com']}]}
            """;
        Assert.Equal("clusterpolicy.policy.networking.k8s.io/closed created\n", _kubectl.Give(policy, "apply", "-f", "-"));
        Assert.Equal("clusterpolicy.policy.networking.k8s.io/closed unchanged\n", _kubectl.Give(policy, "apply", "-f", "-"));
        Assert.Matches("^NAME +TIER +PRIORITY +AGE\nclosed +Admin +5 +[0-9]+s\n$", _kubectl.Run("get", "cpol"));
        Assert.Contains("Lower goes first.", _kubectl.Run("explain", "cpol.spec.priority"), StringComparison.Ordinal);
        Assert.Contains("<integer>", _kubectl.Run("explain", "cpol.spec.ingress.protocols.tcp.destinationPort.range.start"), StringComparison.Ordinal);
        Assert.Contains("Team:  a", _kubectl.Run("describe", "cpol", "closed"), StringComparison.Ordinal);
        string Fault(string part, string instead) => _kubectl.Try(policy.Replace(part, instead, StringComparison.Ordinal), "apply", "-f", "-").Error;
        Assert.Contains("spec.subject: Too many: 2: must have at most 1 item", Fault("subject: {", "subject: {pods: {namespaceSelector: {}, podSelector: {}}, "), StringComparison.Ordinal);
        Assert.Contains("spec.egress[0].to[0].networks[1]: Duplicate value: \"10.0.0.0/8\"", Fault("192.0.2.0/24", "10.0.0.0/8"), StringComparison.Ordinal);
        Assert.Contains("spec.ingress[0].protocols[0].tcp.destinationPort.number: Invalid value: 0: ", Fault("number: 80", "number: 0"), StringComparison.Ordinal);
        Assert.Contains("spec.ingress[0].from: Invalid value: 0: spec.ingress[0].from in body should have at least 1 items", Fault("from: [{namespaces: {}}]", "from: []"), StringComparison.Ordinal);
        Assert.Contains("domainNames[0] in body should match", Fault("*.example.com", "*"), StringComparison.Ordinal);
        Assert.Contains("unknown field \"spec.ingress[0].form\"", Fault("from:", "form: [], from:"), StringComparison.Ordinal);
    }

    [Fact]
    public void Expectations_AreAppliedAsTheyLieInTheFolder()
    {
        _kubectl.Run("create", "namespace", "ai-platform");

        Assert.Equal("expectations.ringfence.dev/rag created\n", _kubectl.Run("apply", "-f", InRepository("examples", "rag", "expectations.yaml")));
        Assert.Equal("expectations.ringfence.dev/rag unchanged\n", _kubectl.Run("apply", "-f", InRepository("examples", "rag", "expectations.yaml")));
        Assert.Matches("^NAME +FIRST +AGE\nrag +the vector database is for the API alone, and for ml-ops +[0-9]+s\n$", _kubectl.Run("get", "expect", "-n", "ai-platform"));
        Assert.Contains("What is expected, in your words.", _kubectl.Run("explain", "expectations.cases.name"), StringComparison.Ordinal);
        Assert.Contains("expectations.ringfence.dev configured", _kubectl.Run("apply", "-f", InRepository("deploy", "crds")), StringComparison.Ordinal);
        Assert.Contains("expectations.ringfence.dev unchanged", _kubectl.Run("apply", "-f", InRepository("deploy", "crds")), StringComparison.Ordinal);
        const string bad = "apiVersion: ringfence.dev/v1alpha1\nkind: Expectations\nmetadata: {name: bad}\ncases: [{name: x, alow: []}]\n";
        Assert.Contains("unknown field \"cases[0].alow\"", _kubectl.Try(bad, "apply", "-f", "-").Error, StringComparison.Ordinal);
        Assert.Contains("must validate at least one schema (anyOf)", _kubectl.Try(bad.Replace("alow", "allow", StringComparison.Ordinal), "apply", "-f", "-").Error, StringComparison.Ordinal);
    }

    private static string InRepository(params string[] parts)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "Ringfence.slnx"))) root = root.Parent;
        return Path.Combine([root.FullName, .. parts]);
    }

    private static string ClusterPolicies => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cluster-policy.yaml"));

    private void Define()
    {
        _kubectl.Give(Widgets, "apply", "-f", "-");
        _kubectl.Give(Red, "apply", "-f", "-");
    }

    private string Refused(string spec)
    {
        var run = _kubectl.Try($"apiVersion: shop.example.com/v1\nkind: Widget\nmetadata: {{name: new}}\nspec: {{{spec}}}\n", "create", "-f", "-");
        Assert.Equal(1, run.Code);
        return run.Error;
    }
}
