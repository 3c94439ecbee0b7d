using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>What a single value is.</summary>
internal enum ValueForm
{
    String,
    Int32,
    Int64,
    Bool,

    /// <summary>An amount, such as <c>500m</c> or <c>1Gi</c>: a string; numbers are taken too.</summary>
    Quantity,

    /// <summary>A number or a name, such as a port, or a percentage.</summary>
    IntOrString,

    /// <summary>RFC 3339 with seconds.</summary>
    Time,

    /// <summary>RFC 3339 with microseconds.</summary>
    MicroTime,

    /// <summary>Base64.</summary>
    Bytes,

    /// <summary>Whatever it is.</summary>
    Any,

    /// <summary>Fields of a <see cref="SchemaType"/>.</summary>
    Object,
}

/// <summary>How many values a field has.</summary>
internal enum FieldShape
{
    Single,
    List,

    /// <summary>Values under keys of any name.</summary>
    Map,
}

/// <summary>A field of a type.</summary>
internal sealed class SchemaField
{
    public required string Name { get; init; }

    public required ValueForm Form { get; init; }

    public FieldShape Shape { get; init; }

    /// <summary>The fields of the value; null unless it is <see cref="ValueForm.Object"/>.</summary>
    public SchemaType? Type { get; internal set; }

    public bool IsRequired { get; init; }

    /// <summary>The values that it may have, in order; empty where any will do.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>The keys that tell entries of a list apart; a strategic merge goes by the first. Empty for lists that are replaced as a whole.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>Whether it is a list in which each value is once, merged by its values.</summary>
    public bool IsSet { get; init; }

    /// <summary>Whether patches may name the fields that stay.</summary>
    public bool KeepsNamedFields { get; init; }

    /// <summary>What is filled in, as the schema text has it; null for nothing.</summary>
    public string? Default { get; init; }

    public string Description { get; init; } = "";
}

/// <summary>A type of the API: its fields.</summary>
internal sealed class SchemaType(string group, string version, string name, string description, bool isKind, ImmutableArray<SchemaField> fields)
{
    private readonly Dictionary<string, SchemaField> _byName = fields.ToDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>The group; <c>core</c> for the one without a name, <c>meta</c> for what all have.</summary>
    public string Group => group;

    public string Version => version;

    public string Name => name;

    public string Description => description;

    /// <summary>Whether it is an object with <c>apiVersion</c>, <c>kind</c> and <c>metadata</c>.</summary>
    public bool IsKind => isKind;

    /// <summary>The fields by name.</summary>
    public ImmutableArray<SchemaField> Fields => fields;

    public SchemaField? Find(string field) => _byName.GetValueOrDefault(field);

    public SchemaField? Find(ReadOnlySpan<char> field) => _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(field, out var found) ? found : null;
}
