using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;

namespace Ringfence.Kubernetes.Tests.ApiServer;

public sealed class ObjectApiTests : IDisposable
{
    private readonly TestApi _server = new();

    private ObjectApi Api => _server.Api;

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Create_GivesAnIdentity_AndIgnoresWhatTheClientClaims()
    {
        var value = TestApi.Deployment("web");
        value["metadata"]!["uid"] = "mine";
        value["metadata"]!["generation"] = 9;

        var made = Api.Create(TestApi.Deployments, value).Parse();

        var metadata = made["metadata"]!;
        Assert.True(Guid.TryParse((string?)metadata["uid"], out _));
        Assert.Equal(1, (int)metadata["generation"]!);
        Assert.EndsWith("Z", (string)metadata["creationTimestamp"]!, StringComparison.Ordinal);
        Assert.NotEqual(7, (int?)made["status"]?["replicas"]);
    }

    [Fact]
    public void Create_OfANameThatIsTaken_IsRefused()
    {
        Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));

        var refused = Assert.Throws<ApiException>(() => Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a")));

        Assert.Equal((409, "AlreadyExists", "configmaps \"a\" already exists"), (refused.Code, refused.Reason, refused.Message));
        Assert.Equal("AlreadyExists", Assert.Throws<ApiException>(() => Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"), new() { DryRun = true })).Reason);
    }

    [Fact]
    public void Create_WithGenerateName_MakesNamesThatDiffer()
    {
        var names = Enumerable.Range(0, 50).Select(_ => Api.Create(TestApi.ConfigMaps, TestApi.Object("""{"metadata":{"generateName":"x-","namespace":"default"}}""")).Name).ToHashSet();

        Assert.Equal(50, names.Count);
        Assert.All(names, name => Assert.Matches("^x-[bcdfghjklmnpqrstvwxz2456789]{5}$", name));
    }

    [Fact]
    public void Create_InANamespaceThatIsNotThere_IsNotFound()
    {
        var value = TestApi.ConfigMap("a");
        value["metadata"]!["namespace"] = "nowhere";

        var refused = Assert.Throws<ApiException>(() => Api.Create(TestApi.ConfigMaps, value));

        Assert.Equal((404, "namespaces \"nowhere\" not found"), (refused.Code, refused.Message));
    }

    [Fact]
    public void Create_InANamespaceThatIsBeingDeleted_IsForbidden()
    {
        Api.Create(TestApi.Namespaces, TestApi.Object("""{"metadata":{"name":"team"}}"""));
        Api.Delete(TestApi.Namespaces, "", "team");
        var value = TestApi.ConfigMap("a");
        value["metadata"]!["namespace"] = "team";

        var refused = Assert.Throws<ApiException>(() => Api.Create(TestApi.ConfigMaps, value));

        Assert.Equal((403, "Forbidden", "NamespaceTerminating"), (refused.Code, refused.Reason, refused.OtherCause?.Reason));
        Assert.Equal("configmaps \"a\" is forbidden: unable to create new content in namespace team because it is being terminated", refused.Message);
    }

    [Fact]
    public void DryRun_KeepsNothing()
    {
        Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("kept"));
        var version = Api.State.Version;

        Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"), new() { DryRun = true });
        Api.Update(TestApi.ConfigMaps, "default", "kept", value => With(value, "data", new JsonObject()), new() { DryRun = true });
        Api.Delete(TestApi.ConfigMaps, "default", "kept", new() { DryRun = true });

        Assert.Equal(version, Api.State.Version);
        Assert.NotNull(Api.Find(TestApi.ConfigMaps, "default", "kept"));
    }

    [Fact]
    public void Update_WithAnOldVersion_Conflicts()
    {
        var old = Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a")).Parse();
        Api.Update(TestApi.ConfigMaps, "default", "a", value => With(value, "data", new JsonObject { ["key"] = "2" }));

        var refused = Assert.Throws<ApiException>(() => Api.Update(TestApi.ConfigMaps, "default", "a", _ => old));

        Assert.Equal((409, "Conflict"), (refused.Code, refused.Reason));
        Assert.Equal(
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again", refused.Message);
    }

    [Fact]
    public void Update_ThatChangesNothing_IsNoChange()
    {
        var made = Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));

        var same = Api.Update(TestApi.ConfigMaps, "default", "a", value => value);

        Assert.Same(made, same);
    }

    [Fact]
    public void Update_OfTheSpec_CountsTheGeneration_AndNotThatOfMetadata()
    {
        Api.Create(TestApi.Deployments, TestApi.Deployment("web"));

        var scaled = Api.Update(TestApi.Deployments, "default", "web", value => { value["spec"]!["replicas"] = 3; return value; }).Parse();
        var labelled = Api.Update(TestApi.Deployments, "default", "web", value => { value["metadata"]!["labels"] = new JsonObject { ["a"] = "b" }; return value; }).Parse();

        Assert.Equal(2, (int)scaled["metadata"]!["generation"]!);
        Assert.Equal(2, (int)labelled["metadata"]!["generation"]!);
    }

    [Fact]
    public void Status_IsWrittenApart()
    {
        Api.Create(TestApi.Deployments, TestApi.Deployment("web"));

        var main = Api.Update(TestApi.Deployments, "default", "web", value => With(value, "status", new JsonObject { ["replicas"] = 5 })).Parse();
        var status = Api.Update(
            TestApi.Deployments, "default", "web",
            value =>
            {
                value["spec"]!["replicas"] = 9;
                return With(value, "status", new JsonObject { ["replicas"] = 5 });
            },
            new() { Subresource = "status" }).Parse();

        Assert.NotEqual(5, (int?)main["status"]?["replicas"]);
        Assert.Equal(5, (int)status["status"]!["replicas"]!);
        Assert.Equal(1, (int)status["spec"]!["replicas"]!);
        Assert.Equal(1, (int)status["metadata"]!["generation"]!);
    }

    [Fact]
    public void Delete_WithAFinalizer_WaitsForIt()
    {
        var value = TestApi.ConfigMap("a");
        value["metadata"]!["finalizers"] = new JsonArray("example.com/wait");
        Api.Create(TestApi.ConfigMaps, value);

        var marked = Api.Delete(TestApi.ConfigMaps, "default", "a");
        var again = Api.Delete(TestApi.ConfigMaps, "default", "a");
        Api.Update(TestApi.ConfigMaps, "default", "a", each => { each["metadata"]!.AsObject().Remove("finalizers"); return each; });

        Assert.NotNull(marked!.Parse()["metadata"]!["deletionTimestamp"]);
        Assert.Same(marked, again);
        Assert.Null(Api.Find(TestApi.ConfigMaps, "default", "a"));
    }

    [Fact]
    public void Finalizers_CannotBeAddedToWhatIsBeingDeleted()
    {
        var value = TestApi.ConfigMap("a");
        value["metadata"]!["finalizers"] = new JsonArray("example.com/wait");
        Api.Create(TestApi.ConfigMaps, value);
        Api.Delete(TestApi.ConfigMaps, "default", "a");

        var refused = Assert.Throws<ApiException>(() => Api.Update(TestApi.ConfigMaps, "default", "a", each =>
        {
            each["metadata"]!["finalizers"] = new JsonArray("example.com/wait", "example.com/more");
            return each;
        }));

        Assert.Equal((422, "metadata.finalizers"), (refused.Code, Assert.Single(refused.Causes).Field));
    }

    [Theory]
    [InlineData("Orphan", "orphan")]
    [InlineData("Foreground", "foregroundDeletion")]
    public void Delete_WithPropagation_LeavesItToTheCollector(string propagation, string finalizer)
    {
        Api.Create(TestApi.Deployments, TestApi.Deployment("web"));

        var marked = Api.Delete(TestApi.Deployments, "default", "web", new() { Propagation = propagation });

        Assert.Equal(finalizer, (string?)marked!.Parse()["metadata"]!["finalizers"]![0]);
        Assert.Null(Api.Delete(TestApi.Deployments, "default", "web", new() { Propagation = "Background" }));
    }

    [Theory]
    [InlineData("uid")]
    [InlineData("version")]
    public void Delete_OfAnotherThanMeant_Conflicts(string what)
    {
        Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a"));

        var refused = Assert.Throws<ApiException>(() => Api.Delete(
            TestApi.ConfigMaps, "default", "a", what == "uid" ? new() { Uid = "other" } : new() { ResourceVersion = "1" }));

        Assert.Equal("Conflict", refused.Reason);
        Assert.NotNull(Api.Find(TestApi.ConfigMaps, "default", "a"));
    }

    [Fact]
    public void Pods_OnANode_GetTimeToEnd_OthersGoAtOnce()
    {
        Api.Create(TestApi.Pods, TestApi.Pod("waiting"));
        Api.Create(TestApi.Pods, TestApi.Pod("placed", "node-1"));

        Assert.Null(Api.Delete(TestApi.Pods, "default", "waiting"));
        var marked = Api.Delete(TestApi.Pods, "default", "placed")!.Parse();
        var shorter = Api.Delete(TestApi.Pods, "default", "placed", new() { GracePeriodSeconds = 5 })!.Parse();
        var longer = Api.Delete(TestApi.Pods, "default", "placed", new() { GracePeriodSeconds = 60 })!.Parse();

        Assert.Equal(30, (int)marked["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal(5, (int)shorter["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal(5, (int)longer["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Null(Api.Delete(TestApi.Pods, "default", "placed", new() { GracePeriodSeconds = 0 }));
        Assert.Null(Api.Find(TestApi.Pods, "default", "placed"));
    }

    [Fact]
    public void Namespaces_KeepTheirNameAsALabel()
    {
        Api.Create(TestApi.Namespaces, TestApi.Object("""{"metadata":{"name":"team","labels":{"a":"b"}}}"""));

        var changed = Api.Update(TestApi.Namespaces, "", "team", value => { value["metadata"]!.AsObject().Remove("labels"); return value; }).Parse();

        Assert.Equal("""{"kubernetes.io/metadata.name":"team"}""", changed["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal("Active", (string?)changed["status"]!["phase"]);
    }

    [Fact]
    public void Namespaces_GoOnceTheyAreEmptyAndFinalized()
    {
        Api.Create(TestApi.Namespaces, TestApi.Object("""{"metadata":{"name":"team"}}"""));
        var inside = TestApi.ConfigMap("a");
        inside["metadata"]!["namespace"] = "team";
        Api.Create(TestApi.ConfigMaps, inside);

        var marked = Api.Delete(TestApi.Namespaces, "", "team")!.Parse();
        var refused = Assert.Throws<ApiException>(Finalize);
        Api.Delete(TestApi.ConfigMaps, "team", "a");
        Finalize();

        Assert.Equal("Terminating", (string?)marked["status"]!["phase"]);
        Assert.Equal("Conflict", refused.Reason);
        Assert.Null(Api.Find(TestApi.Namespaces, "", "team"));

        void Finalize() => Api.Update(
            TestApi.Namespaces, "", "team", value => { value["spec"]!.AsObject().Remove("finalizers"); return value; }, new() { Subresource = "finalize" });
    }

    [Fact]
    public void Admissions_CompleteObjects_BeforeTheyAreKept()
    {
        _server.Admissions.Add(new Completing());

        Assert.Equal("admitted", (string?)Api.Create(TestApi.ConfigMaps, TestApi.ConfigMap("a")).Parse()["data"]!["key"]);
    }

    private static JsonObject With(JsonObject value, string field, JsonNode node)
    {
        value[field] = node;
        return value;
    }

    private sealed class Completing : IAdmission
    {
        public void Admit(AdmissionRequest request)
        {
            if (request.Type.Equals(TestApi.ConfigMaps)) request.Value["data"]!["key"] = "admitted";
        }
    }
}
