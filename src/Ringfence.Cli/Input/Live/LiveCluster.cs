using System.Collections.Immutable;
using Ringfence.Analysis;
using Ringfence.Cli.CommandLine;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.Client;
using Ringfence.Kubernetes.Client.Access;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Input.Live;

/// <summary>A running cluster that the user means.</summary>
/// <param name="Access">How to reach it.</param>
internal sealed record LiveCluster(ClusterAccess Access)
{
    /// <summary>What a source of this kind is called: <c>cluster:CONTEXT</c>.</summary>
    public string Text => $"cluster:{Access.Name}";

    /// <summary>The cluster of a context.</summary>
    /// <param name="kubeconfig">The kubeconfig; null for the usual ones.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <exception cref="ClusterException">There is none.</exception>
    public static LiveCluster Named(string? kubeconfig, string? context) =>
        new(ClusterAccess.Find(kubeconfig, context) ?? Kubeconfig.Load(kubeconfig).Resolve(context));

    /// <summary>Reads it whole.</summary>
    /// <param name="choices">What the user chose.</param>
    /// <param name="strictCidr">Whether CIDRs that the server has taken are judged anew.</param>
    /// <param name="progress">Is told how far it is; null where nobody asks.</param>
    /// <param name="keep">Gets what the server said, as one file; null where nobody needs that.</param>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public ManifestSet Read(Choices choices, bool strictCidr, ReadingProgress? progress, Action<ManifestText>? keep = null)
    {
        choices.Terminal.Tell(Severity.Note, $"reading the cluster of context {Access.Name}, {Access.Server.GetLeftPart(UriPartial.Path).TrimEnd('/')}");
        if (Access.IsUnverified)
            choices.Terminal.TellLoudly("the server's certificate is not checked (insecure-skip-tls-verify): whoever sits between can read the credentials and forge the answer");
        var kept = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var options = new ClusterReadOptions
        {
            Namespace = choices.Namespace ?? Access.Namespace,
            AllNamespaces = choices.AllNamespaces,
            StrictCidr = strictCidr,
            Progress = count =>
            {
                lock (kept) progress?.Say($"reading: {Counted.Of(count, "object")}");
            },
            Keep = keep is null ? null : (type, text) =>
            {
                lock (kept) kept[type.ToString()] = text;
            },
        };
        try
        {
            using var client = new ApiClient(Access);
            var contents = ClusterReader.ReadAsync(client, options, CancellationToken.None).GetAwaiter().GetResult();
            keep?.Invoke(new ManifestText(Text, IsExplicit: true, kept.Values.SelectMany(text => text.ToArray()).ToArray()));
            return new ManifestSet(contents.Objects, contents.Diagnostics, ImmutableSortedDictionary<string, int>.Empty, 0);
        }
        catch (ApiException problem)
        {
            throw Refused(problem, options);
        }
    }

    private CommandException Refused(ApiException problem, ClusterReadOptions options) => problem.Code switch
    {
        401 => new CommandException(
            $"the cluster of context {Access.Name} does not know you: {problem.Message}", "The credentials may have expired: 'kubectl auth whoami' shows whom the server sees."),
        403 => new CommandException(
            $"the cluster of context {Access.Name} does not let you read it: {problem.Message}",
            options.AllNamespaces ? "Without -A one namespace is read alone, that of -n or of the context." : $"In namespace {options.Namespace} you may not either; -n NAME names another one.",
            "Reading a cluster needs the verb list for these kinds in all namespaces: the ClusterRole 'view' and a rule for nodes and namespaces give it."),
        _ => new CommandException($"the cluster of context {Access.Name} cannot be read: {problem.Message}"),
    };
}
