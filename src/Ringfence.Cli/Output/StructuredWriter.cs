using System.Text.Json;

namespace Ringfence.Cli.Output;

/// <summary>Writes machine output, one value after the other, without holding the whole.</summary>
internal abstract class StructuredWriter : IDisposable
{
    /// <summary>The version that every object of machine output carries.</summary>
    public const string ApiVersion = "ringfence.dev/v1alpha1";

    /// <summary>Begins an object.</summary>
    public abstract void StartObject();

    /// <summary>Ends it.</summary>
    public abstract void EndObject();

    /// <summary>Begins a list.</summary>
    public abstract void StartArray();

    /// <summary>Ends it.</summary>
    public abstract void EndArray();

    /// <summary>Names the next value.</summary>
    public abstract void Name(string name);

    /// <summary>A text, or null.</summary>
    public abstract void Value(string? value);

    /// <summary>A number.</summary>
    public abstract void Value(long value);

    /// <summary>True or false.</summary>
    public abstract void Value(bool value);

    /// <summary>A value that is JSON already; taken as text where it is not.</summary>
    public void Json(string json)
    {
        if (IsJson(json)) ValidJson(json);
        else Value(json);
    }

    /// <inheritdoc cref="Value(string?)"/>
    public void Field(string name, string? value)
    {
        Name(name);
        Value(value);
    }

    /// <inheritdoc cref="Value(long)"/>
    public void Field(string name, long value)
    {
        Name(name);
        Value(value);
    }

    /// <inheritdoc cref="Value(bool)"/>
    public void Field(string name, bool value)
    {
        Name(name);
        Value(value);
    }

    /// <summary>A named object.</summary>
    public void Object(string name, Action fields)
    {
        Name(name);
        StartObject();
        fields();
        EndObject();
    }

    /// <summary>A named list of objects.</summary>
    public void List<T>(string name, IEnumerable<T> items, Action<T> fields)
    {
        Name(name);
        StartArray();
        foreach (var item in items)
        {
            StartObject();
            fields(item);
            EndObject();
        }

        EndArray();
    }

    /// <summary>A named list of texts.</summary>
    public void List(string name, IEnumerable<string> items)
    {
        Name(name);
        StartArray();
        foreach (var item in items) Value(item);
        EndArray();
    }

    /// <summary>Begins the one object of an answer.</summary>
    public void StartAnswer(string kind)
    {
        StartObject();
        Field("apiVersion", ApiVersion);
        Field("kind", kind);
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>A value that is JSON.</summary>
    protected abstract void ValidJson(string json);

    private static bool IsJson(string text)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
