using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.Tests.ApiServer;

public sealed class AccessTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Theory]
    [InlineData("/healthz", 200)]
    [InlineData("/livez", 200)]
    [InlineData("/readyz", 200)]
    [InlineData("/version", 200)]
    [InlineData("/api", 401)]
    [InlineData("/openapi/v2", 401)]
    [InlineData(Pods, 401)]
    public async Task WhoIsNotKnown_SeesHealthAndVersionAlone(string path, int expected)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client();

        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Fact]
    public async Task WrongTokens_AreRefused()
    {
        await using var server = await TestServer.StartAsync();
        var good = server.Server.IssueToken("admin", User.Masters);
        var forged = string.Join('.', good.Split('.')[0], Convert.ToBase64String("""{"sub":"admin","groups":["system:masters"]}"""u8), good.Split('.')[2]);
        foreach (var token in (string[])["wrong", good + "x", good[..^2], forged, "a.b.c"])
        {
            using var client = server.Client(token);
            using var answer = await client.GetAsync(Pods, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Contains("\"reason\":\"Unauthorized\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("readers", "GET", Pods, 200)]
    [InlineData("readers", "GET", "/api/v1/secrets", 403)]
    [InlineData("readers", "DELETE", Pods, 403)]
    [InlineData("readers", "GET", "/openapi/v3", 200)]
    [InlineData("readers", "GET", "/api/v1/namespaces/default/pods/a/exec", 403)]
    [InlineData("readers", "POST", "/api/v1/namespaces/default/serviceaccounts/a/token", 403)]
    [InlineData(User.Agents, "GET", "/api/v1/pods", 200)]
    [InlineData(User.Agents, "GET", "/api/v1/secrets", 403)]
    [InlineData(User.Agents, "PUT", Pods + "/a", 403)]
    [InlineData(User.Agents, "PUT", Pods + "/a/status", 400)]
    [InlineData(User.Agents, "POST", "/api/v1/namespaces/default/events", 400)]
    [InlineData(User.Agents, "PUT", "/apis/coordination.k8s.io/v1/namespaces/default/leases/a", 400)]
    [InlineData(User.Masters, "GET", "/api/v1/secrets", 200)]
    public async Task Groups_MayDoWhatIsTheirs(string group, string method, string path, int expected)
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(server.Server.IssueToken("somebody", group));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Refusals_SayWhoMayNotDoWhat()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Client(server.Server.IssueToken("alice"));

        using var answer = await client.DeleteAsync(Pods + "/a", TestContext.Current.CancellationToken);
        var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal("pods \"a\" is forbidden: User \"alice\" cannot delete resource \"pods\" in API group \"\" in the namespace \"default\"", (string?)status["message"]);
        Assert.Equal("Forbidden", (string?)status["reason"]);
    }

    [Fact]
    public async Task Masters_MayActAsSomebodyElse_AndNobodyElseMay()
    {
        await using var server = await TestServer.StartAsync();
        using var admin = server.Client(server.Server.IssueToken("admin", User.Masters));
        using var alice = server.Client(server.Server.IssueToken("alice", "readers"));
        foreach (var client in (HttpClient[])[admin, alice])
        {
            client.DefaultRequestHeaders.Add("Impersonate-User", "bob");
            client.DefaultRequestHeaders.Add("Impersonate-Group", "readers");
        }

        using var refused = await admin.GetAsync("/api/v1/secrets", TestContext.Current.CancellationToken);
        using var forbidden = await alice.GetAsync(Pods, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (refused.StatusCode, forbidden.StatusCode));
        Assert.Contains("User \\\"bob\\\" cannot list resource \\\"secrets\\\"", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("User \\\"alice\\\" cannot impersonate resource \\\"users\\\"", await forbidden.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TokenFile_NamesUsersAndGroups()
    {
        await using var server = await TestServer.StartAsync((options, folder) =>
            options with { TokenFile = folder.Write("tokens.csv", "secret-1,alice,42,\"readers,system:masters\"\nsecret-2,bob,43\n") });

        Assert.Equal("""{"username":"alice","uid":"42","groups":["readers","system:masters","system:authenticated"]}""", await WhoAmIAsync(server, "secret-1"));
        Assert.Equal("""{"username":"bob","uid":"43","groups":["system:authenticated"]}""", await WhoAmIAsync(server, "secret-2"));
    }

    [Theory]
    [InlineData("only-a-token")]
    [InlineData("a,b")]
    [InlineData("a,b,c,\"open")]
    [InlineData("a,b,c\na,d,e")]
    public async Task TokenFile_WithAWrongLine_IsRefused_WithoutShowingIt(string content)
    {
        var refused = await Assert.ThrowsAsync<StoreException>(() => TestServer.StartAsync((options, folder) => options with { TokenFile = folder.Write("tokens.csv", "good,user,1\n" + content) }));

        Assert.Matches("tokens.csv:[23]: ", refused.Message);
        Assert.DoesNotContain("only-a-token", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientCertificates_NameUserAndGroups_AndThoseOfOthersAreRefused()
    {
        using var elsewhere = new TempFolder();
        using var trusted = CertificateAuthority.Open(elsewhere.File(""), TimeProvider.System);
        using var other = new TempFolder();
        using var stranger = CertificateAuthority.Open(other.File(""), TimeProvider.System);
        await using var server = await TestServer.StartAsync((options, _) => options with { ClientCaFile = elsewhere.File("ca.crt") });
        using var good = trusted.IssueClient("carol", ["ops"]);
        using var bad = stranger.IssueClient("carol", ["system:masters"]);
        using var ofServer = trusted.IssueServer(["carol"]);

        Assert.Equal("""{"username":"carol","groups":["ops","system:authenticated"]}""", await WhoAmIAsync(server, null, good));
        await Assert.ThrowsAsync<HttpRequestException>(() => WhoAmIAsync(server, null, bad));
        await Assert.ThrowsAsync<HttpRequestException>(() => WhoAmIAsync(server, null, ofServer));
    }

    [Fact]
    public async Task ServiceAccounts_GetTokens_ThatEndWithThem()
    {
        await using var server = await TestServer.StartAsync();
        var accounts = Ringfence.Kubernetes.ApiServer.Schemas.ResourceCatalog.OfKind("v1", "ServiceAccount")!;
        var robot = TestApi.Object("""{"metadata":{"name":"robot","namespace":"default"}}""");
        server.Api.Create(accounts, robot.DeepClone().AsObject());

        var (code, request) = await server.PostAsync("/api/v1/namespaces/default/serviceaccounts/robot/token", """{"spec":{"expirationSeconds":3600}}""");
        var token = (string)request["status"]!["token"]!;

        Assert.Equal(201, code);
        Assert.Contains("\"username\":\"system:serviceaccount:default:robot\"", await WhoAmIAsync(server, token), StringComparison.Ordinal);
        server.Api.Delete(accounts, "default", "robot");
        server.Api.Create(accounts, robot);
        await Assert.ThrowsAsync<HttpRequestException>(() => WhoAmIAsync(server, token));
    }

    [Fact]
    public async Task Tokens_OutliveTheServer()
    {
        using var folder = new TempFolder();
        string token;
        await using (var first = await TestServer.StartAsync((options, _) => options with { DataFolder = folder.File("kept") })) token = first.Server.IssueToken("alice", "readers");
        await using var second = await TestServer.StartAsync((options, _) => options with { DataFolder = folder.File("kept") });

        Assert.Contains("alice", await WhoAmIAsync(second, token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_AreForTheirOwnerAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var server = await TestServer.StartAsync();

        foreach (var file in (string[])["data/ca.key", "data/token.key", "data/objects.db", "kubeconfig"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.Folder.File(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(server.Folder.File("data")));
    }

    private static async Task<string> WhoAmIAsync(TestServer server, string? token, X509Certificate2? certificate = null)
    {
        using var client = server.Client(token, certificate);
        using var answer = await client.PostAsync(
            "/apis/authentication.k8s.io/v1/selfsubjectreviews", new StringContent("{}", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["status"]!["userInfo"]!.ToJsonString();
    }
}
