using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.Client.Reading;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Client;

/// <summary>What was read of one kind.</summary>
internal sealed class KindContents(ResourceType type, ClusterReadOptions options)
{
    // What is wrong everywhere is told often enough.
    private const int MostDiagnostics = 1000;

    private readonly ServedObjects _reader = new(type, strictCidr: options.StrictCidr);
    private readonly MemoryStream? _kept = options.Keep is null ? null : new MemoryStream();

    public ResourceType Type => type;

    public List<KubernetesObject> Objects { get; } = [];

    public List<Diagnostic> Diagnostics { get; } = [];

    /// <summary>Why it may not be listed; null where it may.</summary>
    public ApiException? Refusal { get; set; }

    public void Clear()
    {
        Objects.Clear();
        Diagnostics.Clear();
        _kept?.SetLength(0);
    }

    public void Add(ReadOnlySpan<byte> json)
    {
        if (_reader.Read(json).Object is { } item) Objects.Add(item);
        if (Diagnostics.Count < MostDiagnostics) Diagnostics.AddRange(_reader.Diagnostics);
        _kept?.Write(json);
        _kept?.WriteByte((byte)'\n');
    }

    /// <summary>All has been read.</summary>
    public void Finish(int tooBig)
    {
        if (tooBig > 0)
            Diagnostics.Add(new Diagnostic(Severity.Error, "too-big", $"{tooBig} of the {type} are bigger than {JsonWindow.MostBytes >> 20} MB and are not read", default));
        if (_kept is not null) options.Keep!(type, _kept.ToArray());
    }
}
