using System.Text;
using Ringfence.Bench.Generation;

namespace Ringfence.Bench.Manifests;

/// <summary>Writes a generated cluster to disk, one object at a time.</summary>
internal static class ClusterFiles
{
    /// <summary>One file as <c>kubectl get namespaces,pods,networkpolicies -A -o json</c> prints it.</summary>
    public static void WriteJson(GeneratedCluster cluster, string path, PodDetail detail)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        using (var writer = new JsonManifestWriter(stream))
        {
            writer.BeginObject();
            writer.Text("apiVersion", "v1");
            writer.BeginArray("items");
            foreach (var item in cluster.Namespaces()) ObjectManifests.Write(writer, item);
            foreach (var pod in cluster.Pods()) PodManifest.Write(writer, pod, detail);
            foreach (var policy in cluster.Policies()) ObjectManifests.Write(writer, policy);
            writer.EndArray();
            writer.Text("kind", "List");
            writer.BeginObject("metadata");
            writer.Text("resourceVersion", "");
            writer.EndObject();
            writer.EndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>A folder a namespace, in each <c>namespace.yaml</c>, <c>pods.yaml</c> and <c>networkpolicies.yaml</c> with several documents.</summary>
    public static void WriteYaml(GeneratedCluster cluster, string folder, PodDetail detail)
    {
        var index = 0;
        foreach (var item in cluster.Namespaces())
        {
            var path = Path.Combine(folder, item.Name);
            Directory.CreateDirectory(path);
            using (var writer = Yaml(path, "namespace.yaml")) ObjectManifests.Write(writer, item);
            using (var writer = Yaml(path, "pods.yaml"))
                foreach (var pod in cluster.Pods(index)) PodManifest.Write(writer, pod, detail);
            using (var writer = Yaml(path, "networkpolicies.yaml"))
                foreach (var policy in cluster.Policies(index)) ObjectManifests.Write(writer, policy);
            index++;
        }
    }

    private static YamlManifestWriter Yaml(string folder, string name) =>
        new(new StreamWriter(Path.Combine(folder, name), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16));
}
