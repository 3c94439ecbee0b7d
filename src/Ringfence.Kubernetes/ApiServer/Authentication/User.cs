using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Authentication;

/// <summary>Who asks.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Uid">The user's identity; empty where there is none.</param>
/// <param name="Groups">The groups that the user is in.</param>
/// <remarks>https://kubernetes.io/docs/reference/access-authn-authz/authentication/</remarks>
public sealed record User(string Name, string Uid, ImmutableArray<string> Groups)
{
    /// <summary>The group that may do everything.</summary>
    public const string Masters = "system:masters";

    /// <summary>The group of node agents: reads everything but secrets, and writes the status of what is on nodes.</summary>
    public const string Agents = "ringfence:agents";

    /// <summary>Everybody who is known.</summary>
    public const string Authenticated = "system:authenticated";

    /// <summary>Everybody who is not.</summary>
    public static User Anonymous { get; } = new("system:anonymous", "", ["system:unauthenticated"]);

    /// <summary>Whether the user is not known.</summary>
    public bool IsAnonymous => ReferenceEquals(this, Anonymous);
}
