namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>A value of a document with the characters that it takes up, so that it can be cut out or replaced.</summary>
/// <param name="Start">Where its first character is.</param>
/// <param name="End">Where the character after its last one is, blanks and comments left out.</param>
/// <param name="IsFlow">Whether it is written in brackets or braces.</param>
/// <param name="IsShared">Whether it is an alias, has an anchor, or merges another mapping: then a change of it may change others.</param>
internal abstract record EditNode(int Start, int End, bool IsFlow, bool IsShared);

/// <summary>A scalar, or an alias.</summary>
internal sealed record EditScalar(int Start, int End, bool IsShared, string Text, bool IsBlock) : EditNode(Start, End, IsFlow: false, IsShared)
{
    /// <summary>Whether nothing is written: <c>key:</c>.</summary>
    public bool IsAbsent => Start == End;

    /// <summary>Whether it is null, written or not.</summary>
    public bool IsNull => IsAbsent || Text is "null" or "~";
}

/// <summary>A list.</summary>
internal sealed record EditList(int Start, int End, bool IsFlow, bool IsShared, IReadOnlyList<EditNode> Items) : EditNode(Start, End, IsFlow, IsShared);

/// <summary>A mapping.</summary>
internal sealed record EditMapping(int Start, int End, bool IsFlow, bool IsShared, IReadOnlyList<EditEntry> Entries) : EditNode(Start, End, IsFlow, IsShared)
{
    /// <summary>The entry of a key; null where there is none.</summary>
    public EditEntry? Find(string key) => Entries.LastOrDefault(entry => entry.Key.Text == key);
}

/// <summary>A key with its value.</summary>
internal sealed record EditEntry(EditScalar Key, EditNode Value);
