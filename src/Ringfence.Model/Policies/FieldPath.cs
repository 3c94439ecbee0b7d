using System.Text;

namespace Ringfence.Model.Policies;

/// <summary>A place inside an object, such as <c>spec.ingress[0].from[1]</c>; written out only when an error needs it.</summary>
internal sealed class FieldPath
{
    private readonly FieldPath? _parent;
    private readonly string? _name;
    private readonly int _index;
    private readonly bool _isKey;

    private FieldPath(FieldPath? parent, string? name, int index, bool isKey = false) => (_parent, _name, _index, _isKey) = (parent, name, index, isKey);

    /// <summary>A top-level field.</summary>
    public static FieldPath Root(string name) => new(null, name, 0);

    /// <summary>A field of the object here.</summary>
    public FieldPath Child(string name) => new(this, name, 0);

    /// <summary>An entry of the map here.</summary>
    public FieldPath Key(string key) => new(this, key, 0, isKey: true);

    /// <summary>An entry of the list here, counted from 0.</summary>
    public FieldPath Index(int index) => new(this, null, index);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    private void Write(StringBuilder text)
    {
        _parent?.Write(text);
        if (_name is null) text.Append('[').Append(_index).Append(']');
        else if (_isKey) text.Append('[').Append(_name).Append(']');
        else text.Append(_parent is null ? "" : ".").Append(_name);
    }
}
