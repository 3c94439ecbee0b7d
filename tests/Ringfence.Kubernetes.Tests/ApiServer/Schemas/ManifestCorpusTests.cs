using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.Schemas;

/// <summary>Manifests of real applications are taken, and what is refused is so for a reason.</summary>
public partial class ManifestCorpusTests
{
    [Fact]
    public void Check_EveryManifest_IsTakenOrRefusedForAReason()
    {
        var root = SharedCorpus.At("np-guard/tests");
        var refused = new SortedSet<string>(StringComparer.Ordinal);
        var taken = 0;
        foreach (var file in Directory.EnumerateFiles(root, "*.y*ml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            foreach (var value in SharedCorpus.Objects(file))
            {
                if (ResourceCatalog.OfKind((string?)value["apiVersion"] ?? "", (string?)value["kind"] ?? "") is not { } type) continue;
                var faults = Problems(type, value).ToArray();
                if (faults.Length == 0) taken++;
                var folder = Path.GetRelativePath(root, file).Split('/')[0];
                foreach (var fault in faults) refused.Add($"{folder}: {type.Kind}: {string.Join(": ", Index.Replace(fault, "[]").Split(": ").Take(2))}");
            }

        Assert.True(taken > 400, $"{taken} taken");
        Assert.Equal(
            [
                // Pods as a tool has reduced them: containers have nothing but ports.
                "core_pods_without_host_ip: Pod: spec.containers[].image: Required value",
                "core_pods_without_host_ip: Pod: spec.containers[].name: Required value",

                // Underscores in names, and owners without a kind.
                "example_pods_w_same_owner_and_labels_gap_with_good_match_expression2: NetworkPolicy: metadata.name: Invalid value",
                "example_pods_w_same_owner_and_labels_gap_with_good_match_expression2: Pod: metadata.ownerReferences[].apiVersion: Invalid value",
                "example_pods_w_same_owner_and_labels_gap_with_good_match_expression2: Pod: metadata.ownerReferences[].kind: Invalid value",
                "example_pods_w_same_owner_and_labels_gap_with_good_match_expression2: Pod: metadata.ownerReferences[].uid: Invalid value",
                "example_pods_w_same_owner_and_labels_gap_with_policy_selector_not_in_gap: NetworkPolicy: metadata.name: Invalid value",
                "example_pods_w_same_owner_and_labels_gap_with_policy_selector_not_in_gap: Pod: metadata.ownerReferences[].apiVersion: Invalid value",
                "example_pods_w_same_owner_and_labels_gap_with_policy_selector_not_in_gap: Pod: metadata.ownerReferences[].kind: Invalid value",
                "example_pods_w_same_owner_and_labels_gap_with_policy_selector_not_in_gap: Pod: metadata.ownerReferences[].uid: Invalid value",

                // NetworkPolicies had a status from 1.24 to 1.27 only.
                "exposure_test_to_any_namespace_with_podSelector: NetworkPolicy: unknown field \"status\"",

                // Mounts of volumes that were cut out.
                "k8s_ingress_test_new: Pod: spec.containers[].volumeMounts[].name: Not found",

                // Several ports without names.
                "multiple_ingress_objects_with_different_ports: Service: spec.ports[].name: Required value",

                "netpol-analysis-example-minimal: NetworkPolicy: unknown field \"status\"",
                "netpol-diff-example-minimal: NetworkPolicy: unknown field \"status\"",

                // containerport, without its capital P.
                "netpol_named_port_test_2: Deployment: unknown field \"spec.template.spec.containers[].ports[].containerport\"",

                // As the first.
                "with_end_port_example: Pod: spec.containers[].image: Required value",
                "with_end_port_example: Pod: spec.containers[].name: Required value",
                "with_end_port_example_new: Pod: spec.containers[].image: Required value",
                "with_end_port_example_new: Pod: spec.containers[].name: Required value",
            ],
            refused);
    }

    [GeneratedRegex(@"\[[0-9]{1,4}\]", RegexOptions.NonBacktracking)]
    private static partial Regex Index { get; }

    private static IEnumerable<string> Problems(ResourceType type, JsonObject manifest)
    {
        JsonObject value;
        try
        {
            var faults = Strictness.Check(type, Encoding.UTF8.GetBytes(manifest.ToJsonString()), out value);
            if (faults.Length > 0) return faults;
        }
        catch (ApiException exception)
        {
            return [exception.Message];
        }

        if (value["metadata"] is not JsonObject metadata) return ["no metadata"];
        if (type.IsNamespaced && metadata["namespace"] is null) metadata["namespace"] = "default";
        if (type.Kind == "Job") value["spec"]!["selector"] ??= new JsonObject { ["matchLabels"] = new JsonObject { ["a"] = "b" } };
        Defaults.Apply(type, value);
        var errors = Validation.Check(type, value, null);
        var again = value.DeepClone().AsObject();
        Defaults.Apply(type, again);
        Assert.True(JsonNode.DeepEquals(value, again), $"defaults of {type.Kind} change when applied again");
        if (errors.Length == 0) Assert.Empty(Validation.Check(type, value, value.DeepClone().AsObject()));
        Assert.Empty(Strictness.Check(type, Encoding.UTF8.GetBytes(value.ToJsonString()), out _));
        return errors.Select(error => error.ToString());
    }
}
