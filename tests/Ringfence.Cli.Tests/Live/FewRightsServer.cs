using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ringfence.Cli.Tests.Live;

/// <summary>
/// A cluster with a namespace, two pods and a policy, in which not everything may be listed: what <see cref="Forbidden"/> names (<c>nodes</c>, or
/// <c>team/pods</c> for one namespace; <c>*/pods</c> for all of them at once) is refused.
/// </summary>
internal sealed class FewRightsServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ringfence-rights-");
    private readonly WebApplication _application;

    private FewRightsServer(WebApplication application) => _application = application;

    public HashSet<string> Forbidden { get; } = [];

    /// <summary>Paths that are served beside those of Kubernetes' own kinds, with the items.</summary>
    public Dictionary<string, string> More { get; } = [];

    /// <summary>What every request is answered with; null to answer it.</summary>
    public int? Always { get; set; }

    public static async Task<FewRightsServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var server = new FewRightsServer(builder.Build());
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public Run Run(params string[] args)
    {
        var config = Path.Combine(_folder.FullName, "config");
        File.WriteAllText(config, $$$"""
            current-context: here
            clusters: [{name: c, cluster: {server: "{{{_application.Urls.First()}}}"}}]
            users: [{name: u, user: {}}]
            contexts: [{name: here, context: {cluster: c, user: u, namespace: team}}]
            """);
        return RingfenceCommand.RunWith(null, new Dictionary<string, string> { ["KUBECONFIG"] = config }, args);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/');
        if (Always is { } code) return StatusAsync(context, code, code == 401 ? "Unauthorized" : "oh no");
        if (path == "apis")
            return context.Response.WriteAsync($$"""{"groups":[{{string.Join(',', More.Keys.Select(Group))}}]}""");
        if (path == "api/v1/namespaces/team")
            return Forbidden.Contains("team") ? StatusAsync(context, 403, "namespaces \\\"team\\\" is forbidden") : context.Response.WriteAsync(Namespace("team"));
        var parts = path.Split('/');
        var plural = parts[^1];
        var @namespace = parts is [.., "namespaces", var one, _] ? one : "*";
        if (Forbidden.Contains(plural) || Forbidden.Contains($"{@namespace}/{plural}")) return StatusAsync(context, 403, $"{plural} is forbidden: User \\\"u\\\" cannot list resource");
        var items = More.TryGetValue(path, out var more) ? more : plural switch
        {
            "namespaces" => Namespace("team") + "," + Namespace("other"),
            "pods" when @namespace == "team" => Pod("team", "web", 1),
            "pods" => Pod("team", "web", 1) + "," + Pod("other", "web", 2),
            "networkpolicies" when !path.Contains("antrea", StringComparison.Ordinal) && !path.Contains("calico", StringComparison.Ordinal) =>
                """{"metadata":{"name":"deny","namespace":"team","uid":"1","resourceVersion":"1"},"spec":{"podSelector":{},"policyTypes":["Ingress"]}}""",
            _ => "",
        };
        return context.Response.WriteAsync($$"""{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{{items}}]}""");
    }

    private static string Group(string path)
    {
        var parts = path.Split('/');
        return $$$"""{"name":"{{{parts[1]}}}","versions":[{"version":"{{{parts[2]}}}"}]}""";
    }

    private static string Namespace(string name) =>
        $$$$"""{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"{{{{name}}}}","uid":"1","resourceVersion":"1","labels":{"kubernetes.io/metadata.name":"{{{{name}}}}"}}}""";

    private static string Pod(string @namespace, string name, int host) =>
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"{{{@namespace}}}","uid":"1","resourceVersion":"1"},"spec":{"containers":[]},"status":{"phase":"Running","podIP":"10.0.0.{{{host}}}"}}""";

    private static Task StatusAsync(HttpContext context, int code, string message)
    {
        context.Response.StatusCode = code;
        return context.Response.WriteAsync($$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","code":{{code}}}""");
    }
}
