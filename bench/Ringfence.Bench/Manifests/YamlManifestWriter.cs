using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Ringfence.Bench.Manifests;

/// <summary>YAML as kubectl prints it: block style, list items as deep as their key, documents after each other.</summary>
internal sealed partial class YamlManifestWriter(TextWriter writer) : ManifestWriter
{
    private readonly Stack<Frame> _frames = new();
    private bool _following;

    private sealed class Frame(int indent, bool isArray, bool afterDash)
    {
        public int Indent => indent;

        public bool IsArray => isArray;

        public bool AfterDash => afterDash;

        public bool Empty { get; set; } = true;
    }

    public override void BeginObject(string? name = null) => Begin(name, isArray: false);

    public override void EndObject() => End("{}");

    public override void BeginArray(string? name = null) => Begin(name, isArray: true);

    public override void EndArray() => End("[]");

    public override void Text(string? name, string value) =>
        Scalar(name, Plain().IsMatch(value) && !Word().IsMatch(value) ? value : $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value)}\"");

    public override void Number(string? name, long value) => Scalar(name, value.ToString());

    public override void Flag(string? name, bool value) => Scalar(name, value ? "true" : "false");

    public override void Null(string? name) => Scalar(name, "null");

    public override void NextDocument()
    {
    }

    public override void Dispose() => writer.Dispose();

    private void Begin(string? name, bool isArray)
    {
        if (_frames.Count == 0)
        {
            if (_following) writer.Write("---\n");
            _following = true;
            _frames.Push(new Frame(0, isArray, afterDash: false));
            return;
        }

        var parent = _frames.Peek();
        Lead(name);
        _frames.Push(parent.IsArray
            ? new Frame(parent.Indent + 2, isArray, afterDash: true)
            : new Frame(isArray ? parent.Indent : parent.Indent + 2, isArray, afterDash: false));
    }

    private void End(string empty)
    {
        var frame = _frames.Pop();
        if (!frame.Empty) return;
        if (_frames.Count > 0 && !frame.AfterDash) writer.Write(' ');
        writer.Write(empty);
        writer.Write('\n');
    }

    private void Scalar(string? name, string text)
    {
        Lead(name);
        if (name is not null) writer.Write(' ');
        writer.Write(text);
        writer.Write('\n');
    }

    /// <summary>Writes what stands before a node: line break and indentation, and its name or a dash.</summary>
    private void Lead(string? name)
    {
        var frame = _frames.Peek();
        if (frame.Empty && !frame.AfterDash && _frames.Count > 1) writer.Write('\n');
        if (!frame.Empty || !frame.AfterDash)
            for (var i = 0; i < frame.Indent; i++) writer.Write(' ');
        frame.Empty = false;
        writer.Write(name is null ? "- " : name);
        if (name is not null) writer.Write(':');
    }

    [GeneratedRegex("^[A-Za-z/](?:[A-Za-z0-9._/:-]*[A-Za-z0-9/])?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Plain();

    // What YAML 1.1 readers take for something other than a string.
    [GeneratedRegex("^(?:true|false|null|yes|no|on|off|y|n)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Word();
}
