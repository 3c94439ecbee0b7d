using static Ringfence.Evidence.Report.HtmlText;

namespace Ringfence.Evidence.Report;

/// <summary>A table of texts: the first column names the row; on a phone every row is a card with its headers beside the texts.</summary>
internal sealed class HtmlTable
{
    private readonly TextWriter _output;
    private readonly string _caption;
    private readonly string[] _headers;
    private bool _begun;

    public HtmlTable(TextWriter output, string caption, params string[] headers) => (_output, _caption, _headers) = (output, caption, headers);

    /// <summary>A class of its own.</summary>
    public string Style { get; init; } = "";

    /// <summary>Writes a row.</summary>
    public void Row(params ReadOnlySpan<string> texts)
    {
        Begin();
        _output.Write("<tr role=\"row\">");
        for (var i = 0; i < texts.Length; i++)
        {
            var attributes = $"data-to=\"{Encode(_headers[i])}\"";
            _output.Write(i == 0
                ? $"<th scope=\"row\" role=\"rowheader\" {attributes}>{Encode(texts[i])}</th>"
                : $"<td role=\"cell\" {attributes}>{Encode(texts[i])}</td>");
        }

        _output.Write("</tr>\n");
    }

    /// <summary>Ends it.</summary>
    public void End()
    {
        Begin();
        _output.Write("</tbody>\n</table>\n");
    }

    private void Begin()
    {
        if (_begun) return;
        _begun = true;
        _output.Write($"<table class=\"list {Style}\" role=\"table\">\n<caption>{Encode(_caption)}</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">");
        foreach (var header in _headers) _output.Write($"<th scope=\"col\" role=\"columnheader\">{Encode(header)}</th>");
        _output.Write("</tr></thead>\n<tbody role=\"rowgroup\">\n");
    }
}
