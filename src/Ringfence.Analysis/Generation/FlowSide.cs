using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>One side of a wanted flow, found in the cluster, as policies can name it.</summary>
/// <param name="Name">How messages and comments call it.</param>
internal abstract record FlowSide(string Name);

/// <summary>Pods of one namespace that a selector names.</summary>
/// <param name="Name">How messages call it.</param>
/// <param name="Pods">The pods that are meant, none on its node's network.</param>
/// <param name="Namespace">Their namespace.</param>
/// <param name="ShortName">What a policy for them is called.</param>
/// <param name="Selector">The labels.</param>
internal sealed record SelectedSide(string Name, ImmutableArray<int> Pods, string Namespace, string ShortName, LabelSelector Selector) : FlowSide(Name);

/// <summary>Every pod of a namespace.</summary>
internal sealed record NamespaceSide(string Name, string Namespace) : FlowSide(Name);

/// <summary>Every pod of every namespace.</summary>
internal sealed record ClusterSide(string Name) : FlowSide(Name);

/// <summary>Addresses.</summary>
internal sealed record AddressSide(string Name, ImmutableArray<AddressRange> Ranges) : FlowSide(Name);

/// <summary>Every pod and every address.</summary>
internal sealed record EveryoneSide(string Name) : FlowSide(Name);

/// <summary>A wanted flow whose sides are found.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Destination">Where it ends.</param>
/// <param name="Ports">At the destination.</param>
/// <param name="Origin">Who asked for it.</param>
internal sealed record FoundFlow(FlowSide Source, FlowSide Destination, FlowPorts Ports, string Origin);

/// <summary>Something wanted that policies cannot give, or not exactly.</summary>
/// <param name="What">The flow or the workload concerned.</param>
/// <param name="Why">One sentence, and what can be done.</param>
public sealed record Obstacle(string What, string Why);
