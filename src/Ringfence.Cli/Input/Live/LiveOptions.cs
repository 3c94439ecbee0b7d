using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Kubernetes.Client;
using Ringfence.Kubernetes.Client.Access;

namespace Ringfence.Cli.Input.Live;

/// <summary>When a verb reads a running cluster.</summary>
internal enum LiveUse
{
    /// <summary>Where no manifests are named, or the user says so.</summary>
    Otherwise,

    /// <summary>Only where the user says so: without, it has other things to read.</summary>
    Named,

    /// <summary>Never by itself: its arguments name states, which may be running clusters.</summary>
    Arguments,
}

/// <summary>The options that name a running cluster, in kubectl's spelling.</summary>
internal sealed class LiveOptions
{
    private readonly LiveUse _use;
    private readonly Option<string?> _context = new("--context") { HelpName = "NAME" };
    private readonly Option<string?> _kubeconfig = new("--kubeconfig")
    {
        Description = "The kubeconfig (default: the files of KUBECONFIG, else ~/.kube/config).",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a command.</summary>
    public LiveOptions(Command command, LiveUse use)
    {
        _use = use;
        _context.Description = use switch
        {
            LiveUse.Otherwise => "Read a running cluster, that of this context of the kubeconfig; without -f that of the current context is read.",
            LiveUse.Named => "Read a running cluster, that of this context of the kubeconfig.",
            _ => "The context that cluster: means (default: the current one).",
        };
        _context.CompletionSources.Add(_ => Contexts());
        command.Options.Add(_context);
        command.Options.Add(_kubeconfig);
    }

    /// <summary>The context that the user named; null for none.</summary>
    public string? Context(ParseResult parsed) => parsed.GetValue(_context) is { Length: > 0 } context ? context : null;

    /// <summary>The kubeconfig that the user named; null for none.</summary>
    public string? Kubeconfig(ParseResult parsed) => parsed.GetValue(_kubeconfig) is { Length: > 0 } file ? file : null;

    /// <summary>The cluster to read; null where there is none to be read.</summary>
    /// <param name="parsed">What the user wrote.</param>
    /// <param name="hasFiles">Whether manifests are named.</param>
    /// <param name="isNeeded">Whether a cluster is read where neither is named.</param>
    /// <exception cref="CommandException">The user names both a cluster and manifests.</exception>
    /// <exception cref="ClusterException">What the user names is not there or wrong.</exception>
    public LiveCluster? Read(ParseResult parsed, bool hasFiles, bool isNeeded)
    {
        if (_use == LiveUse.Arguments) return null;
        var (context, kubeconfig) = (Context(parsed), Kubeconfig(parsed));
        if (context is null && kubeconfig is null) return hasFiles || !isNeeded || _use == LiveUse.Named || ClusterAccess.Find() is not { } usual ? null : new LiveCluster(usual);
        if (hasFiles)
            throw new CommandException(
                $"{(context is null ? "--kubeconfig" : "--context")} and -f exclude each other: either a running cluster is read or manifests are",
                "'ringfence diff cluster: DIR' compares the two.");
        return LiveCluster.Named(kubeconfig, context);
    }

    private static IEnumerable<string> Contexts()
    {
        try
        {
            return Kubernetes.Client.Access.Kubeconfig.Load().Contexts;
        }
        catch (ClusterException)
        {
            return [];
        }
    }
}
