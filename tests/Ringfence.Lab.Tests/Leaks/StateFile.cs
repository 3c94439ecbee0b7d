using System.Globalization;
using System.Text;
using Ringfence.Model;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>The state of a lab as manifests that node agents follow. Each state replaces the one before by one rename.</summary>
internal sealed class StateFile(string folder)
{
    public string Path { get; } = System.IO.Path.Combine(folder, "state.yaml");

    public void Write(LabCluster lab, Func<LabPod, bool> isKnown, IEnumerable<string> policies)
    {
        var text = new StringBuilder();
        foreach (var space in lab.State.Namespaces) text.Append(CultureInfo.InvariantCulture, $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {space.Name}}}\n---\n");
        foreach (var node in lab.Nodes)
            text.Append(CultureInfo.InvariantCulture, $"apiVersion: v1\nkind: Node\nmetadata: {{name: {node.Node.Name}}}\n")
                .Append(CultureInfo.InvariantCulture, $"spec: {{podCIDRs: [{string.Join(", ", node.Node.PodCidrs.Select(range => $"\"{range}\""))}]}}\n---\n");
        foreach (var pod in lab.Pods.Values.Where(isKnown)) text.Append(Manifest(pod)).Append("---\n");
        text.AppendJoin("---\n", policies);
        var next = Path + ".next";
        File.WriteAllText(next, text.ToString());
        File.Move(next, Path, overwrite: true);
    }

    private static string Manifest(LabPod pod) =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{pod.Pod.Name}}
          namespace: {{pod.Pod.Namespace}}
          labels: { {{string.Join(", ", pod.Pod.Labels.Select(label => $"{label.Key}: \"{label.Value}\""))}} }
          annotations: {ringfence.dev/interface: {{pod.Interface ?? "none"}}}
        spec: {nodeName: {{pod.Pod.NodeName}}, containers: [{name: c, image: i}]}
        status:
          phase: Running
          podIPs: [{{string.Join(", ", pod.Pod.Addresses.Select(address => $"{{ip: \"{address}\"}}"))}}]

        """;
}
