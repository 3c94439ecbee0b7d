using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>The definitions of our own kinds, which every server has: the files of <c>deploy/crds</c>.</summary>
internal static class OwnDefinitions
{
    /// <summary>The hash of what the server installed: who changed it since keeps the change.</summary>
    public const string Installed = "ringfence.dev/installed";

    /// <summary>The definitions.</summary>
    public static IEnumerable<JsonObject> Read()
    {
        var assembly = typeof(OwnDefinitions).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("crds/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var text = new MemoryStream();
            assembly.GetManifestResourceStream(name)!.CopyTo(text);
            foreach (var document in YamlReader.Read(text.ToArray()))
                yield return NodeJson.Of(document.Root ?? throw new FormatException($"{name}: {document.Problem?.Message}"))!.AsObject();
        }
    }

    /// <summary>Adds those that are missing, and brings those up to date that nobody has changed since an earlier server installed them.</summary>
    public static void Install(IObjectApi api)
    {
        foreach (var wanted in Read())
        {
            Defaults.Apply(Definition.Kind, wanted);
            var (name, hash) = (Meta.Of(wanted).Text("name"), HashOf(wanted));
            wanted["metadata"]!["annotations"] = new JsonObject { [Installed] = hash };
            if (api.Find(Definition.Kind, "", name) is null) api.Create(Definition.Kind, wanted);
            else
                api.Update(Definition.Kind, "", name, there =>
                {
                    var known = (Meta.Of(there)["annotations"] as JsonObject).Text(Installed);
                    if (known == hash || known != HashOf(there)) return null;
                    there["spec"] = wanted["spec"]!.DeepClone();
                    there["metadata"]!["annotations"]![Installed] = hash;
                    return there;
                });
        }
    }

    private static string HashOf(JsonObject definition) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition["spec"]?.ToJsonString() ?? "")));
}
