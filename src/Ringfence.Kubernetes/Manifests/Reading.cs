using System.Collections.Immutable;
using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>One run over the input.</summary>
internal sealed class Reading
{
    // A file that is wrong everywhere is told often enough.
    private const int MostDiagnosticsAFile = 1000;

    private readonly ManifestOptions _options;
    private readonly DecodeOptions _decoding;
    private readonly CancellationToken _cancellation;
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly ObjectCollector _objects = new();
    private readonly SortedDictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private readonly InputFiles _inputs;
    private byte[]? _standardInput;
    private int _files;
    private int _fileDiagnostics;
    private long _bytes;

    public Reading(ManifestOptions options, CancellationToken cancellation)
    {
        _options = options;
        _cancellation = cancellation;
        _decoding = new DecodeOptions
        {
            DefaultNamespace = options.DefaultNamespace,
            StrictCidr = options.StrictCidr,
            RequireNamespace = options.RequireNamespace,
        };
        _inputs = new InputFiles(_diagnostics.Add);
    }

    public void Read(string path)
    {
        foreach (var file in _inputs.Expand(path))
        {
            _cancellation.ThrowIfCancellationRequested();
            Read(file);
            Report();
        }
    }

    public void Read(ManifestText text)
    {
        _cancellation.ThrowIfCancellationRequested();
        Guarded(new InputFile(text.Name, text.Name, text.IsExplicit), file => ReadFrom(file, Opened(text.Content)));
        Report();
    }

    public ManifestSet Finish() =>
        new(_objects.ToObjects(), [.. _diagnostics], _skipped.ToImmutableSortedDictionary(StringComparer.Ordinal), _files)
        {
            Lines = _standardInput is null ? ManifestLines.OfFiles : new ManifestLines(_standardInput),
        };

    private void Read(InputFile file) => Guarded(file, _ =>
    {
        if (_options.Keep is { } keep)
        {
            var content = Content(file);
            keep(new ManifestText(file.Shown, file.IsExplicit, content));
            if (file.Path == InputFiles.StandardInput) _standardInput = content;
            ReadFrom(file, Opened(content));
        }
        else if (file.Path == InputFiles.StandardInput)
        {
            using var kept = new KeptStream(_options.StandardInput ?? Stream.Null);
            ReadFrom(file, InputText.Open(kept));
            _standardInput = kept.Kept;
        }
        else ReadFrom(file, InputText.Open(file.Path));
    });

    private byte[] Content(InputFile file)
    {
        if (file.Path != InputFiles.StandardInput) return File.ReadAllBytes(file.Path);
        using var content = new MemoryStream();
        _options.StandardInput?.CopyTo(content);
        return content.ToArray();
    }

    private static InputText Opened(ReadOnlyMemory<byte> content) => InputText.Open(new MemoryStream(content.ToArray(), writable: false));

    private void Guarded(InputFile file, Action<InputFile> read)
    {
        _fileDiagnostics = 0;
        try
        {
            read(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            Add(Problem(file, "unreadable", $"cannot be read: {InputFiles.Reason(exception)}"));
        }
    }

    private void ReadFrom(InputFile file, InputText opened)
    {
        using var input = opened;
        _files++;

        // A render that failed in front of a pipe would else look like a cluster in which all is well.
        if (file.Path == InputFiles.StandardInput && input.Head.Length == 0) Add(Problem(file, "empty-input", "standard input is empty: did what should write it fail?"));
        else if (LooksLikeJson(file, input.Head)) ReadJson(file, input);
        else ReadYaml(file, input);
    }

    private void ReadYaml(InputFile file, InputText input)
    {
        if (ReadAll(input) is not { } text)
        {
            Add(Problem(
                file, "too-big",
                $"is YAML of more than {DocumentLimits.YamlBytes >> 20} MB; give it as JSON (kubectl get -o json), which is read piece by piece, or split it"));
            return;
        }

        _bytes += text.Length;
        var reader = new DocumentReader(file, _decoding);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var document in YamlReader.Read(text))
        {
            _cancellation.ThrowIfCancellationRequested();

            // What is a template, or no text at all, is so as a whole: once is enough.
            if (document.Problem is { Code: "helm-template" or "not-text" } problem && !told.Add(problem.Code)) continue;
            var result = new ReadResult();
            reader.Read(document, result);
            Add(result);
        }
    }

    private void ReadJson(InputFile file, InputText input)
    {
        var before = _bytes;
        using var splitter = new JsonSplitter(input.Text, (int)Math.Min((input.Length ?? JsonSplitter.DefaultBuffer) + 1, JsonSplitter.DefaultBuffer));
        new JsonReading(new DocumentReader(file, _decoding), Add, _cancellation).Read(splitter, bytes =>
        {
            _bytes = before + bytes;
            Report();
        });
        _bytes = before + splitter.Bytes;
    }

    private ReadOnlyMemory<byte>? ReadAll(InputText input)
    {
        if (input.Length > DocumentLimits.YamlBytes) return null;
        var buffer = new byte[Math.Max(input.Length ?? 0, 64 << 10) + 1];
        var length = 0;
        while (input.Text.Read(buffer.AsSpan(length)) is > 0 and var count)
        {
            _cancellation.ThrowIfCancellationRequested();
            length += count;
            if (length > DocumentLimits.YamlBytes) return null;
            if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        }

        return buffer.AsMemory(0, length);
    }

    // As kubectl guesses: what begins with a brace is JSON. YAML's own braces seldom have a quote after them, a template's never.
    private static bool LooksLikeJson(InputFile file, ReadOnlySpan<byte> head)
    {
        var text = head.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty) return false;
        if (text[0] == '{') return text[1..].TrimStart(" \t\r\n"u8) is [] or [(byte)'"' or (byte)'}', ..];
        return text[0] == '[' && file.Path.Contains(".json", StringComparison.OrdinalIgnoreCase);
    }

    private void Add(ReadResult result)
    {
        foreach (var item in result.Objects) _objects.Add(item.Object, item.Node, result.Diagnostics);
        foreach (var kind in result.SkippedKinds) _skipped[kind] = _skipped.GetValueOrDefault(kind) + 1;
        foreach (var diagnostic in result.Diagnostics) Add(diagnostic);
    }

    private void Add(Diagnostic diagnostic)
    {
        if (++_fileDiagnostics > MostDiagnosticsAFile) return;
        _diagnostics.Add(diagnostic);
        if (_fileDiagnostics == MostDiagnosticsAFile)
            _diagnostics.Add(diagnostic with
            {
                Severity = Severity.Error, Code = "too-many", Message = $"more than {MostDiagnosticsAFile:N0} messages about this file; the rest are not shown",
                FieldError = null, Field = null,
            });
    }

    private void Report() => _options.Progress?.Report((_files, _bytes, _objects.Count));

    private static Diagnostic Problem(InputFile file, string code, string message) =>
        new(Severity.Error, code, message, new Location(file.Shown, 1, 1));
}
