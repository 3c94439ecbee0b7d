using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Tests.ApiServer.CustomResources;

/// <summary>Definitions and objects of them, as a client sends them.</summary>
internal static class TestDefinitions
{
    /// <summary>A definition of the kind Thing of things.example.com, with this schema of its <c>spec</c>.</summary>
    public static JsonObject Of(string specSchema, string more = "") => Yaml(
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: things.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: things, kind: Thing}
          versions:
          - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: SCHEMA}}}}
        """.Replace("SCHEMA", specSchema, StringComparison.Ordinal) + "\n" + more);

    public static JsonObject Yaml(string text) => NodeJson.Of(Assert.Single(YamlReader.Read(Encoding.UTF8.GetBytes(text))).Root!)!.AsObject();

    /// <summary>Creates a definition as a client does.</summary>
    public static void Define(this IObjectApi api, JsonObject definition)
    {
        Strictness.Check(Definition.Kind, Encoding.UTF8.GetBytes(definition.ToJsonString()), out var value);
        api.Create(Definition.Kind, value);
    }

    /// <summary>The faults of a definition, as the API server words them.</summary>
    public static string[] FaultsOf(this IObjectApi api, JsonObject definition)
    {
        try
        {
            api.Define(definition);
            return [];
        }
        catch (ApiException refusal)
        {
            return [.. refusal.Causes.Select(cause => cause.ToString())];
        }
    }

    /// <summary>The kind that a definition makes, as it is served.</summary>
    public static ResourceType TypeOf(JsonObject definition)
    {
        using var test = new TestApi();
        test.Api.Define(definition);
        return test.Api.Kinds.OfKind("example.com/v1", "Thing")!;
    }

    /// <summary>Reads an object with this <c>spec</c>, as the server does.</summary>
    public static (JsonNode? Spec, string[] Dropped) Read(ResourceType type, string spec)
    {
        var dropped = Strictness.Check(type, Encoding.UTF8.GetBytes($$"""{"metadata":{"name":"x","namespace":"default"},"spec":{{spec}}}"""), out var value);
        Defaults.Apply(type, value);
        return (value["spec"], [.. dropped]);
    }

    /// <summary>What is wrong with an object with this <c>spec</c>.</summary>
    public static string[] FaultsOf(ResourceType type, string spec)
    {
        Strictness.Check(type, Encoding.UTF8.GetBytes($$"""{"metadata":{"name":"x","namespace":"default"},"spec":{{spec}}}"""), out var value);
        Defaults.Apply(type, value);
        return [.. Validation.Check(type, value, null).Select(error => error.ToString())];
    }
}
