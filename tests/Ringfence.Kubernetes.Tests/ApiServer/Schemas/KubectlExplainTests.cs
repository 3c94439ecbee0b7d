using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.Schemas;

/// <summary>The real kubectl reads the discovery and OpenAPI documents.</summary>
public sealed class KubectlExplainTests : IAsyncLifetime
{
    private readonly TempFolder _home = new();
    private WebApplication? _server;
    private string _address = "";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(Answer);
        await _server.StartAsync();
        _address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _home.Dispose();
    }

    [Theory]
    [InlineData("plaintext")]
    [InlineData("plaintext-openapiv2")]
    public async Task Explain_NetworkPolicySpec_NamesItsFields(string output)
    {
        var text = await Kubectl("explain", "networkpolicy.spec", $"--output={output}");

        Assert.Contains("KIND:", text, StringComparison.Ordinal);
        Assert.Contains("NetworkPolicy", text, StringComparison.Ordinal);
        foreach (var field in new[] { "podSelector", "ingress", "egress", "policyTypes" }) Assert.Contains(field, text, StringComparison.Ordinal);
        Assert.Contains("Allowed connections to the selected pods", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plaintext")]
    [InlineData("plaintext-openapiv2")]
    public async Task Explain_Recursively_GoesDown(string output)
    {
        var text = await Kubectl("explain", "netpol", "--recursive", $"--output={output}");
        foreach (var field in new[] { "endPort", "matchExpressions", "except", "ownerReferences" }) Assert.Contains(field, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pod.spec.containers.livenessProbe.httpGet.port", "IntOrString")]
    [InlineData("deploy.spec.strategy.rollingUpdate.maxSurge", "IntOrString")]
    [InlineData("svc.spec.ports.protocol", "ENUM:\n    SCTP\n    TCP\n    UDP")]
    [InlineData("pod.spec.containers.resources.limits", "map[string]Quantity")]
    [InlineData("netpol.spec.ingress.from.ipBlock", "cidr\t<string> -required-")]
    [InlineData("sts.spec.volumeClaimTemplates.spec", "PersistentVolumeClaimSpec")]
    [InlineData("lease.spec.renewTime", "FIELD: renewTime <string>")]
    public async Task Explain_AField_SaysItsType(string path, string expected)
    {
        var text = await Kubectl("explain", path);
        Assert.True(text.Contains(expected, StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task ApiResources_ListsWhatIsServed()
    {
        var lines = (await Kubectl("api-resources", "-o", "wide", "--no-headers")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["networkpolicies", "netpol", "networking.k8s.io/v1", "true", "NetworkPolicy", ..]);
        Assert.Contains(lines, line => line.StartsWith("pods ", StringComparison.Ordinal) && line.EndsWith(" all", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("selfsubject", StringComparison.Ordinal) && !line.Contains(" create", StringComparison.Ordinal));
    }

    // Shared by the two forms of discovery: one kubectl asks for the aggregated documents, which this server then does not have.
    private static async Task Answer(HttpContext context)
    {
        var accept = context.Request.Headers.Accept.ToString();
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        var aggregated = accept.Contains("g=apidiscovery.k8s.io;v=v2;", StringComparison.Ordinal);
        object? answer = path switch
        {
            ["api"] when aggregated => ServedKinds.BuiltIn.Discovery.Aggregated(core: true, "v2"),
            ["apis"] when aggregated => ServedKinds.BuiltIn.Discovery.Aggregated(core: false, "v2"),
            ["api"] => DiscoveryDocuments.CoreVersions("127.0.0.1"),
            ["apis"] => ServedKinds.BuiltIn.Discovery.Groups(),
            ["api", var version] => ServedKinds.BuiltIn.Discovery.Resources("", version),
            ["apis", var group] => ServedKinds.BuiltIn.Discovery.Group(group),
            ["apis", var group, var version] => ServedKinds.BuiltIn.Discovery.Resources(group, version),
            ["openapi", "v3"] => ServedKinds.BuiltIn.OpenApi.V3Index,
            ["openapi", "v3", "api", var version] => ServedKinds.BuiltIn.OpenApi.V3("", version),
            ["openapi", "v3", "apis", var group, var version] => ServedKinds.BuiltIn.OpenApi.V3(group, version),
            ["openapi", "v2"] => ServedKinds.BuiltIn.OpenApi.V2Protobuf,
            _ => null,
        };
        if (answer is null)
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Response.ContentType = path is ["openapi", "v2"] ? OpenApiDocuments.V2ProtobufContentType
            : aggregated ? "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" : "application/json";
        if (answer is ReadOnlyMemory<byte> bytes) await context.Response.Body.WriteAsync(bytes);
        else await context.Response.WriteAsync(answer.ToString()!);
    }

    private async Task<string> Kubectl(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl") || File.Exists("/usr/local/bin/kubectl"), "kubectl is not here");
        var start = new ProcessStartInfo("kubectl", [.. arguments, "--server", _address]) 
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["HOME"] = _home.Path;
        start.Environment.Remove("KUBECONFIG");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {await error}");
        return output;
    }
}
