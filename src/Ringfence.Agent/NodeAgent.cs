using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Engine;

namespace Ringfence.Agent;

/// <summary>How a node enforces.</summary>
public sealed record NodeAgentOptions
{
    /// <summary>Choices in the rules.</summary>
    public RuleOptions Rules { get; init; } = new();

    /// <summary>Whether established flows that a change denies are cut.</summary>
    public bool Revoke { get; init; } = true;
}

/// <summary>What an update did.</summary>
/// <param name="Changed">Whether the kernel's table had to be changed.</param>
/// <param name="Revoked">How many established flows were cut.</param>
public sealed record NodeUpdate(bool Changed, int Revoked);

/// <summary>Enforces the policies of one node: compiles what the node needs, commits the difference, cuts flows that are denied now. One thread at a time.</summary>
public sealed class NodeAgent(NetworkNamespace network, NodeAgentOptions options) : IDisposable
{
    /// <summary>What is programmed, with what its names stand for.</summary>
    public NodeProgram? Program { get; private set; }

    /// <summary>Makes the kernel enforce a state of the cluster.</summary>
    public NodeUpdate Update(Reachability cluster, NodeScope scope) => throw new NotSupportedException($"{network} {options} {cluster} {scope}");

    /// <summary>Stops; what was enforced stays enforced.</summary>
    public void Dispose()
    {
    }
}
