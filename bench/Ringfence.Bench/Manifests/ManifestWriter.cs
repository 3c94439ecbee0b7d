namespace Ringfence.Bench.Manifests;

/// <summary>
/// Writes the tree of a manifest one node at a time, as JSON or as YAML. A node inside an object has a name, one inside an array has none.
/// </summary>
internal abstract class ManifestWriter : IDisposable
{
    public abstract void BeginObject(string? name = null);

    public abstract void EndObject();

    public abstract void BeginArray(string? name = null);

    public abstract void EndArray();

    public abstract void Text(string? name, string value);

    public abstract void Number(string? name, long value);

    public abstract void Flag(string? name, bool value);

    public abstract void Null(string? name);

    /// <summary>Called between objects of the outermost list, so that what is written so far can leave memory.</summary>
    public abstract void NextDocument();

    public void EmptyObject(string name)
    {
        BeginObject(name);
        EndObject();
    }

    public abstract void Dispose();
}
