using System.Text;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Analysis.Tests.Generation;

/// <summary>Clusters as YAML.</summary>
internal static class Clusters
{
    public static Snapshot Read(string yaml)
    {
        var read = ManifestReader.Read([new ManifestText("cluster.yaml", true, Encoding.UTF8.GetBytes(yaml))], new ManifestOptions());
        Assert.Empty(read.Diagnostics);
        return Snapshot.Create(read.Objects);
    }

    public static string Pod(string name, string labels, string ports = "", string extra = "", string ip = "", string ns = "app") =>
        "---\napiVersion: v1\nkind: Pod\n"
        + $"metadata: {{name: {name}, namespace: {ns}, labels: {{ {labels} }}}}\n"
        + $"spec: {{containers: [{{name: c, image: i, ports: [{ports}]}}]{(extra.Length > 0 ? ", " + extra : "")}}}\n"
        + (ip.Length > 0 ? $"status: {{phase: Running, podIP: {ip}, podIPs: [{{ip: {ip}}}]}}\n" : "");

    public static string Service(string name, string selector, string ports, string ns = "app", string ip = "") =>
        "---\napiVersion: v1\nkind: Service\n"
        + $"metadata: {{name: {name}, namespace: {ns}}}\n"
        + $"spec: {{selector: {{ {selector} }}, ports: [{ports}]{(ip.Length > 0 ? $", clusterIP: {ip}, clusterIPs: [{ip}]" : "")}}}\n";
}
