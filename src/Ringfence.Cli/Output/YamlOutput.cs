using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringfence.Cli.Output;

/// <summary>Machine output as YAML in block style, laid out as kubectl does.</summary>
internal sealed class YamlOutput(TextWriter output) : StructuredWriter
{
    private enum Place
    {
        Document,
        AfterName,
        AfterDash,
    }

    private const string PlainMarks = " _./,;()[]=+<>@-";

    private static readonly string[] Reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

    private readonly Stack<Frame> _frames = new();
    private Place _place = Place.Document;

    public override void StartObject() => Open(isArray: false);

    public override void EndObject() => Close("{}");

    public override void StartArray() => Open(isArray: true);

    public override void EndArray() => Close("[]");

    public override void Name(string name)
    {
        BeginLine();
        output.Write(Scalar(name));
        output.Write(':');
        _place = Place.AfterName;
    }

    public override void Value(string? value) => Write(value is null ? "null" : Scalar(value));

    public override void Value(long value) => Write(value.ToString(CultureInfo.InvariantCulture));

    public override void Value(bool value) => Write(value ? "true" : "false");

    public override void Dispose()
    {
    }

    // JSON is YAML.
    protected override void ValidJson(string json) => Write(json);

    /// <summary>The text plain where every YAML reader takes it for a string, else in double quotes.</summary>
    internal static string Scalar(string text) =>
        IsPlain(text) ? text : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static bool IsPlain(string text)
    {
        // What begins with a digit may be a number, a date or a time to some reader.
        if (text.Length == 0 || !(char.IsAsciiLetter(text[0]) || text[0] == '/') || text[^1] is ' ' or ':') return false;
        for (var i = 0; i < text.Length; i++)
            if (!char.IsAsciiLetterOrDigit(text[i]) && !PlainMarks.Contains(text[i]) && !(text[i] == ':' && text[i + 1] != ' ')) return false;
        return !Reserved.Contains(text, StringComparer.OrdinalIgnoreCase);
    }

    private void Open(bool isArray)
    {
        BeginElement();
        var parent = _frames.TryPeek(out var frame) ? frame : null;
        // A list stands at its name's own depth, everything else two deeper.
        var indent = parent is null ? 0 : isArray && !parent.IsArray ? parent.Indent : parent.Indent + 2;
        _frames.Push(new Frame(isArray, indent, _place));
    }

    private void Close(string empty)
    {
        var frame = _frames.Pop();
        if (frame.Count > 0) return;
        output.Write(frame.Opened == Place.AfterName ? " " : "");
        output.Write(empty);
        output.Write('\n');
    }

    private void Write(string scalar)
    {
        BeginElement();
        output.Write(_place == Place.AfterName ? " " : "");
        output.Write(scalar);
        output.Write('\n');
    }

    private void BeginElement()
    {
        if (!_frames.TryPeek(out var frame) || !frame.IsArray) return;
        BeginLine();
        output.Write("- ");
        _place = Place.AfterDash;
    }

    private void BeginLine()
    {
        var frame = _frames.Peek();
        var first = frame.Count++ == 0;
        if (first && frame.Opened == Place.AfterName) output.Write('\n');
        if (first && frame.Opened == Place.AfterDash) return;
        for (var i = 0; i < frame.Indent; i++) output.Write(' ');
    }

    private sealed class Frame(bool isArray, int indent, Place opened)
    {
        public bool IsArray { get; } = isArray;

        public int Indent { get; } = indent;

        public Place Opened { get; } = opened;

        public int Count { get; set; }
    }
}
