using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Ringfence.Lab.Daemon;

/// <summary>A manifest on its way to the lab's process, which reads it as the command line did.</summary>
/// <param name="Name">Its path as the user knows it.</param>
/// <param name="IsExplicit">Whether the user named the file itself.</param>
/// <param name="Content">What is in it.</param>
public sealed record SentManifest(string Name, bool IsExplicit, ReadOnlyMemory<byte> Content);

/// <summary>Manifests with what is needed to read them.</summary>
/// <param name="Files">The manifests.</param>
/// <param name="Namespace">The namespace of objects that name none; null for <c>default</c>.</param>
/// <param name="StrictCidr">Whether CIDRs are checked strictly.</param>
public sealed record SentManifests(ImmutableArray<SentManifest> Files, string? Namespace, bool StrictCidr);

/// <summary>An object by its name.</summary>
/// <param name="Kind">Its kind as manifests write it.</param>
/// <param name="Namespace">Its namespace; empty for one without.</param>
/// <param name="Name">Its name.</param>
public sealed record ObjectName(string Kind, string Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>What is asked of a lab's process: one JSON object a line, one line a connection.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "verb")]
[JsonDerivedType(typeof(UpRequest), "up")]
[JsonDerivedType(typeof(ApplyRequest), "apply")]
[JsonDerivedType(typeof(DeleteRequest), "delete")]
[JsonDerivedType(typeof(StatusRequest), "status")]
[JsonDerivedType(typeof(ExecRequest), "exec")]
[JsonDerivedType(typeof(FlowsRequest), "flows")]
[JsonDerivedType(typeof(DownRequest), "down")]
public abstract record LabRequest;

/// <summary>Build the lab. Where the connection ends before the answer, the process gives up and ends.</summary>
public sealed record UpRequest(LabOptions Options, SentManifests Manifests) : LabRequest;

/// <summary>Add and change objects.</summary>
public sealed record ApplyRequest(SentManifests Manifests) : LabRequest;

/// <summary>Take objects away: those that manifests have, and those that are named.</summary>
public sealed record DeleteRequest(SentManifests Manifests, ImmutableArray<ObjectName> Names) : LabRequest;

/// <summary>Say what runs.</summary>
public sealed record StatusRequest : LabRequest;

/// <summary>Say how to get into a pod's network.</summary>
/// <param name="Namespace">The pod's or workload's namespace.</param>
/// <param name="Name">Its name.</param>
public sealed record ExecRequest(string Namespace, string Name) : LabRequest;

/// <summary>Tell connections that were decided.</summary>
/// <param name="Follow">Whether those to come are told too, until the connection ends.</param>
/// <param name="Allowed">Whether allowed ones are told too; they are logged from then on.</param>
public sealed record FlowsRequest(bool Follow, bool Allowed) : LabRequest;

/// <summary>Take the lab down and end.</summary>
public sealed record DownRequest : LabRequest;

/// <summary>What a lab's process answers: one JSON object a line; progress and flows may come before the last.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "answer")]
[JsonDerivedType(typeof(ProgressReply), "progress")]
[JsonDerivedType(typeof(ErrorReply), "error")]
[JsonDerivedType(typeof(StatusReply), "status")]
[JsonDerivedType(typeof(ChangesReply), "changes")]
[JsonDerivedType(typeof(PodReply), "pod")]
[JsonDerivedType(typeof(FlowReply), "flow")]
[JsonDerivedType(typeof(DoneReply), "done")]
public abstract record LabReply;

/// <summary>What is being done.</summary>
public sealed record ProgressReply(string Text) : LabReply;

/// <summary>It did not work.</summary>
/// <param name="Message">Why.</param>
/// <param name="Hints">What to do, a line each.</param>
/// <param name="IsMachine">Whether the machine lacks something.</param>
public sealed record ErrorReply(string Message, ImmutableArray<string> Hints, bool IsMachine) : LabReply;

/// <summary>What runs.</summary>
public sealed record StatusReply(LabStatus Status) : LabReply;

/// <summary>What became of objects.</summary>
public sealed record ChangesReply(ImmutableArray<ObjectChange> Changes) : LabReply
{
    /// <summary>What is not so yet, and what was left out, in sentences.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>How to get into a pod.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="NetworkPath">The file of its network namespace.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="NameServers">The addresses of cluster DNS.</param>
public sealed record PodReply(
    string Namespace, string Name, string NetworkPath, ImmutableArray<string> Addresses, ImmutableArray<string> NameServers) : LabReply;

/// <summary>A connection that was decided.</summary>
/// <param name="Text">For people.</param>
/// <param name="Json">For machines.</param>
public sealed record FlowReply(string Text, string Json) : LabReply;

/// <summary>It is done.</summary>
public sealed record DoneReply : LabReply;

/// <summary>What became of an object.</summary>
/// <param name="Object">The object.</param>
/// <param name="What"><c>created</c>, <c>configured</c>, <c>unchanged</c> or <c>deleted</c>.</param>
public sealed record ObjectChange(ObjectName Object, string What);

/// <summary>The form of requests and replies.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LabRequest))]
[JsonSerializable(typeof(LabReply))]
internal sealed partial class MessagesContext : JsonSerializerContext;
