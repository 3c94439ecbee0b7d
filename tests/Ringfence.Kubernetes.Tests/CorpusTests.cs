using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Tests;

/// <summary>Reads the manifests of real applications in ../shared/corpus/np-guard.</summary>
public class CorpusTests
{
    [Fact]
    public void Read_EveryFolder_HasTheExpectedErrors()
    {
        var root = Corpus("np-guard/tests");
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in Directory.GetDirectories(root))
        {
            var set = ManifestReader.Read([folder], new ManifestOptions(), TestContext.Current.CancellationToken);
            var faults = set.Diagnostics
                .Where(diagnostic => diagnostic.Severity != Severity.Note)
                .Select(diagnostic => $"{Path.GetRelativePath(folder, diagnostic.Location.ToString())} {diagnostic.Code}");
            if (set.Diagnostics.Any(diagnostic => diagnostic.Severity != Severity.Note)) found.Add(Path.GetFileName(folder), string.Join(", ", faults));
        }

        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                // Quotes inside quotes: an unrendered template.
                ["document_with_syntax_error"] = "document_with_syntax_error.yaml:225:19 helm-template",
                ["onlineboutique_with_pods_severe_error"] = "pods.yaml:1828:19 helm-template",

                // No object of Kubernetes can have an underscore in its name.
                ["example_pods_w_same_owner_and_labels_gap_with_good_match_expression2"] = "netpol.yaml:4:9 invalid",
                ["example_pods_w_same_owner_and_labels_gap_with_policy_selector_not_in_gap"] = "netpol.yaml:4:9 invalid",

                // containerport, without its capital P.
                ["netpol_named_port_test_2"] = "pods.yaml:32:11 unknown-field",

                // Holds an answer of np-guard in JSON.
                ["onlineboutique"] = "connlist_output.json:1:1 not-kubernetes",
            },
            found);
    }

    private static string Corpus(string folder)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Ringfence.slnx"))) root = root.Parent;
        var corpus = Path.Combine(root?.FullName ?? ".", "../shared/corpus", folder);
        if (!Directory.Exists(corpus)) Assert.Skip($"../shared/corpus/{folder} is not here");
        return corpus;
    }
}
