using Ringfence.Analysis.Expectations;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input.Live;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.Client;
using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Cli.Testing;

/// <summary>Reads the objects of kind <c>Expectations</c> of a running cluster.</summary>
internal static class ClusterExpectations
{
    private static readonly ResourceType s_type = new("ringfence.dev", "v1alpha1", ExpectationSet.Kind, "expectations", IsNamespaced: true);

    /// <summary>Reads them: those of one namespace with <c>-n</c>, all without it or with <c>-A</c>.</summary>
    /// <exception cref="CommandException">There is none, or they may not be read.</exception>
    /// <exception cref="ClusterException">The server cannot be talked to.</exception>
    public static IReadOnlyList<ReadExpectations> Read(LiveCluster cluster, Choices choices)
    {
        using var client = new ApiClient(cluster.Access);
        var @namespace = choices.AllNamespaces ? null : choices.Namespace;
        try
        {
            return List(client, @namespace);
        }
        catch (ApiException problem) when (problem.Code == 403 && @namespace is null && !choices.AllNamespaces)
        {
            choices.Terminal.Tell(Severity.Warning, $"you may not list {s_type} in all namespaces: those of namespace {cluster.Access.Namespace} are tested alone");
            return List(client, cluster.Access.Namespace);
        }
    }

    private static List<ReadExpectations> List(ApiClient client, string? @namespace)
    {
        var found = new List<ReadExpectations>();
        var tree = new JsonTree();
        try
        {
            client.ListAsync(s_type, new ObjectSelection { Namespace = @namespace }, found.Clear, json =>
            {
                // Objects of a server have no lines.
                if (tree.Read(json, 0, 0).Root is not MappingNode root) return;
                var metadata = root.TryGet("metadata", out var node) ? node as MappingNode : null;
                var place = Location.OfServed(metadata?.Text("namespace") ?? "", metadata?.Text("name") ?? "").File!;
                found.Add(new ReadExpectations(place, ExpectationReader.Read(root, place)));
            }, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (ApiException problem) when (problem.Code == 404)
        {
            throw new CommandException(
                $"no expectations: the cluster of context {client.Access.Name} does not know the kind {ExpectationSet.Kind}",
                "'kubectl apply -f deploy/crds' adds it. To test the cluster by a file: ringfence test FILE --context NAME");
        }
        catch (Exception problem) when (problem is IOException or TimeoutException or InvalidDataException or HttpRequestException)
        {
            throw new ClusterException($"the server {client.Access.Server.GetLeftPart(UriPartial.Authority)} failed to answer: {problem.Message}", problem);
        }

        if (found.Count > 0) return found;
        throw new CommandException(
            $"no expectations: there is no object of kind {ExpectationSet.Kind} in {(@namespace is null ? "the cluster" : $"namespace {@namespace} of the cluster")} of context {client.Access.Name}",
            "'kubectl apply -f FILE' adds a file of expectations that has a metadata.name. To test the cluster by a file: ringfence test FILE --context NAME");
    }
}
