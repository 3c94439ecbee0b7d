using System.Collections.Immutable;
using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Output;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Lab.Daemon;
using Ringfence.Model;

namespace Ringfence.Cli.Input;

/// <summary>The manifests that go to a lab: read here first, so that what is wrong is told where the user is and nothing is sent.</summary>
internal sealed class LabManifests
{
    // As base64 in one request.
    private const long MostBytes = 64 << 20;

    private readonly Option<string[]> _files = new("--filename", "-f")
    {
        HelpName = "FILE|DIR|-",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _namespace = new("--namespace", "-n")
    {
        Description = "The namespace of names, and of manifests, that give none (default: default).",
        HelpName = "NAME",
    };

    private readonly Option<bool> _strictCidr = new("--strict-cidr")
    {
        Description = "Check CIDRs as Kubernetes 1.36 does (true), or as the releases before (false).",
        HelpName = "true|false",
        DefaultValueFactory = _ => true,
    };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="meaning">What <c>-f</c> is for.</param>
    public LabManifests(Command command, string meaning)
    {
        _files.Description = $"{meaning}: a file, a folder (recursive), or - for standard input. May be repeated.";
        command.Options.Add(_files);
        command.Options.Add(_namespace);
        command.Options.Add(_strictCidr);
    }

    /// <summary>The namespace of <c>-n</c>; null where it was not given.</summary>
    public string? Namespace(ParseResult parsed) => parsed.GetValue(_namespace);

    /// <summary>Reads the manifests.</summary>
    /// <param name="parsed">What the user wrote.</param>
    /// <param name="terminal">Is told what is wrong with them.</param>
    /// <param name="isRequired">Whether there must be some.</param>
    /// <exception cref="CommandException">They have errors.</exception>
    public SentManifests Read(ParseResult parsed, Terminal terminal, bool isRequired)
    {
        var files = parsed.GetValue(_files)!;
        if (files.Length == 0 && isRequired) throw new CommandException("no manifests given: name them with -f FILE, -f DIR or -f -");
        var sent = ImmutableArray.CreateBuilder<SentManifest>();
        ManifestSet manifests;
        using (var progress = new ReadingProgress(terminal))
            manifests = ManifestReader.Read(files, new ManifestOptions
            {
                DefaultNamespace = parsed.GetValue(_namespace),
                StrictCidr = parsed.GetValue(_strictCidr),
                StandardInput = files.Contains("-") ? Console.OpenStandardInput() : null,
                Keep = text => sent.Add(new SentManifest(text.Name, text.IsExplicit, text.Content)),
                Progress = progress,
            });

        foreach (var diagnostic in manifests.Diagnostics)
            if (diagnostic.Code == ClusterInput.NotEvaluatedCode) terminal.TellLoudly(ClusterInput.Describe(diagnostic));
            else terminal.Tell(diagnostic.Severity, ClusterInput.Describe(diagnostic));
        if (manifests.HasErrors) throw new CommandException("the manifests have errors; nothing is changed");
        if (sent.Sum(file => (long)file.Content.Length) > MostBytes)
            throw new CommandException($"the manifests have more than {MostBytes >> 20} MB together, which is too much for a lab");
        return new SentManifests(sent.ToImmutable(), parsed.GetValue(_namespace), parsed.GetValue(_strictCidr));
    }
}
