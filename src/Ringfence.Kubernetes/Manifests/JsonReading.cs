using System.Buffers;
using System.Collections.Concurrent;
using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>Reads one file of JSON: one thread cuts it into batches, others read them; the results come in the order of the text.</summary>
internal sealed class JsonReading(DocumentReader documents, Action<ReadResult> add, CancellationToken cancellation)
{
    // Items that do not say what they are wait for the list's kind, if it stands after them.
    private const long MostWaiting = DocumentLimits.Nodes;

    private readonly ConcurrentBag<JsonPieceReader> _readers = [];
    private readonly List<MappingNode> _waiting = [];
    private long _waitingNodes;

    public void Read(JsonSplitter splitter, Action<long> progress)
    {
        var running = new Queue<(JsonBatch Batch, Task<ReadResult> Result)>();
        while (splitter.Next() is { } batch)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!splitter.IsBig)
            {
                Add(batch, Read(batch, isBig: false));
                continue;
            }

            running.Enqueue((batch, Task.Run(() => Read(batch, isBig: true), cancellation)));
            if (running.Count <= Environment.ProcessorCount) continue;
            AddNext();
            progress(splitter.Bytes);
        }

        while (running.Count > 0) AddNext();

        void AddNext()
        {
            var (batch, result) = running.Dequeue();
            Add(batch, result.GetAwaiter().GetResult());
        }
    }

    private ReadResult Read(JsonBatch batch, bool isBig)
    {
        var reader = _readers.TryTake(out var idle) ? idle : new JsonPieceReader(isBig ? documents.WithoutNodes() : documents);
        var result = new ReadResult();
        foreach (var piece in batch.Pieces) reader.Read(batch, piece, isBig, result);
        _readers.Add(reader);
        return result;
    }

    private void Add(JsonBatch batch, ReadResult result)
    {
        ArrayPool<byte>.Shared.Return(batch.Buffer);
        foreach (var problem in batch.Problems) documents.Read(new SourceDocument(null, problem), result);
        foreach (var item in result.Unnamed)
            if ((_waitingNodes += item.Weight) <= MostWaiting) _waiting.Add(item);
        if (batch.Envelope is { } envelope) AddEnvelope(envelope, result);
        if (batch.Problems.Count > 0) result.SortDiagnostics();
        add(result);
    }

    private void AddEnvelope(SourceDocument envelope, ReadResult result)
    {
        // Read for its own errors; its items are cut out.
        documents.Read(envelope, result);
        var list = envelope.Root as MappingNode;
        var (version, kind) = DocumentReader.Implied(list?.Text("apiVersion") ?? "", list?.Text("kind") ?? "");
        foreach (var item in _waiting) documents.Read(item, version, kind, result);
        if (_waitingNodes > MostWaiting)
            result.Diagnostics.Add(new Diagnostic(
                Severity.Error, "too-big", "the list's kind has to stand before its items, or each item has to have its own",
                envelope.Root!.In(documents.File.Shown)));
        _waiting.Clear();
        _waitingNodes = 0;
    }
}

/// <summary>Reads pieces one after the other; not thread-safe, because it keeps what pieces have in common.</summary>
internal sealed class JsonPieceReader(DocumentReader documents)
{
    private readonly JsonTree _tree = new();
    private readonly PodBytes _pods = new(documents.Options, documents.File.Shown);

    /// <param name="batch">Where the piece is.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="isBig">Whether pods may be read without checking what is not used of them.</param>
    /// <param name="result">Gets what is read.</param>
    public void Read(JsonBatch batch, JsonPiece piece, bool isBig, ReadResult result)
    {
        var text = batch.Buffer.AsSpan(piece.Start, piece.Length);
        if (isBig && _pods.TryRead(text, piece.Line, piece.Column, batch.List is { Head: ("v1", "PodList") }) is { } pod)
        {
            result.Objects.Add(new ReadObject(pod, null));
            return;
        }

        var document = _tree.Read(text, piece.Line, piece.Column);
        if (piece.Part == JsonPart.Document || batch.List is not { } list || document.Root is not { } root)
        {
            documents.Read(document, result);
            return;
        }

        if (list.Head is { Version: { } version, Kind: { } kind })
        {
            var implied = DocumentReader.Implied(version, kind);
            documents.Read(root, implied.Version, implied.Kind, result);
        }
        else if (root is MappingNode item && !item.TryGet("kind", out _) && !item.TryGet("apiVersion", out _)) result.Unnamed.Add(item);
        else documents.Read(root, null, null, result);
    }
}
