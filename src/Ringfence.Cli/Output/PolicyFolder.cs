using System.Text;
using Ringfence.Analysis;
using Ringfence.Analysis.Generation;
using Ringfence.Cli.CommandLine;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>A folder that policies are written into, a file for each namespace. A file is there whole or not at all.</summary>
internal sealed class PolicyFolder(string folder, bool overwrite, OutputFormat format)
{
    /// <summary>Writes the files.</summary>
    /// <exception cref="CommandException">One is there already, or cannot be written; then none is changed, as far as that could be known beforehand.</exception>
    public void Write(IReadOnlyList<GeneratedPolicy> policies, Terminal terminal)
    {
        var ending = format == OutputFormat.Json ? "json" : "yaml";
        var files = policies.GroupBy(policy => policy.Namespace).Select(group => (Path: Path.Join(folder, $"{group.Key}.{ending}"), Policies: group.ToList())).ToList();
        if (policies.FirstOrDefault(policy => Path.GetFileName(policy.Namespace) != policy.Namespace) is { } odd)
            throw new CommandException($"'{odd.Namespace}' is no name of a namespace, so no file can have it", "Nothing was written.");
        var there = files.Where(file => Path.Exists(file.Path)).Select(file => file.Path).ToList();
        if (there.Count > 0 && !overwrite)
            throw new CommandException($"{string.Join(", ", there)} {(there.Count == 1 ? "is" : "are")} there already", "Nothing was written. --force replaces them.");
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (path, own) in files)
            {
                var unfinished = $"{path}.{Environment.ProcessId}.tmp";
                using (var output = new StreamWriter(unfinished, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" }) Write(output, own);
                File.Move(unfinished, path, overwrite);
                terminal.Tell(Severity.Note, $"wrote {path} ({Counted.Of(own.Count, "policy", "policies")})");
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write into '{folder}': {problem.Message}");
        }
    }

    private void Write(TextWriter output, List<GeneratedPolicy> policies)
    {
        if (format != OutputFormat.Json)
        {
            PolicyManifests.WriteYaml(output, policies);
            return;
        }

        using var writer = new JsonOutput(output);
        PolicyManifests.WriteJson(writer, policies);
    }
}
