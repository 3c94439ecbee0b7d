using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Lab.Agnhost;

namespace Ringfence.Lab.Kubelet;

/// <summary>A container that asks for input (<c>stdin: true</c>): its command runs while somebody is attached to it.</summary>
internal static class InteractiveContainer
{
    /// <summary>The lists of a pod's spec that containers are in.</summary>
    public static readonly ImmutableArray<string> Lists = ["containers", "initContainers", "ephemeralContainers"];

    /// <summary>What a container runs. Its image is not there: without a command it is a shell, and the arguments of an image that is agnhost are agnhost's.</summary>
    /// <param name="container">The container.</param>
    /// <remarks>https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/</remarks>
    public static ImmutableArray<string> Command(JsonObject container)
    {
        ImmutableArray<string> command = [.. Texts(container["command"])];
        ImmutableArray<string> words = [.. command, .. Texts(container["args"])];
        var image = ((string?)container["image"] ?? "").Split('/')[^1].Split(':', '@')[0];
        if (command.IsEmpty && image == "agnhost") return ["/agnhost", .. words];
        return words.IsEmpty || words[0].Length == 0 ? ["sh"] : words;
    }

    /// <summary>Writes into a pod's status that the command of a container has ended.</summary>
    /// <param name="api">The API.</param>
    /// <param name="pod">The pod as it was when the command began; nothing is written where another has its name by now.</param>
    /// <param name="container">The container's name.</param>
    /// <param name="exitCode">How it ended.</param>
    /// <param name="started">When it began.</param>
    /// <param name="now">The time.</param>
    public static void TellEnded(IObjectApi api, JsonObject pod, string container, int exitCode, DateTimeOffset started, DateTimeOffset now)
    {
        var metadata = pod["metadata"]!;
        try
        {
            api.Update(
                ServedState.PodType, (string)metadata["namespace"]!, (string)metadata["name"]!,
                value =>
                {
                    if ((string?)value["metadata"]?["uid"] != (string?)metadata["uid"]) return null;
                    PodStatusText.SetEnded(value, container, exitCode, started, now);
                    return value;
                },
                new WriteOptions { Subresource = "status" });
        }
        catch (ApiException)
        {
            // The pod has gone, as it does when whoever made it for a moment leaves.
        }
    }

    private static IEnumerable<string> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(item => (string?)item ?? "");
}
