using System.Xml;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>A test in a JUnit file.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Location">Where the fault is, or what was looked at.</param>
internal sealed record JUnitCase(string Name, Location Location)
{
    /// <summary>What is wrong, its first line short; null where nothing is.</summary>
    public string? Failure { get; init; }

    /// <summary>Why it could not be judged; null where it could.</summary>
    public string? Skipped { get; init; }

    /// <summary>What is worth reading although it did not fail.</summary>
    public string? Note { get; init; }
}

/// <summary>Tests that belong together.</summary>
/// <param name="Name">What they are about.</param>
/// <param name="Cases">The tests.</param>
internal sealed record JUnitSuite(string Name, IReadOnlyList<JUnitCase> Cases);

/// <summary>Writes JUnit's XML, which every CI system reads. It knows no standard; these are the parts that all agree on.</summary>
/// <remarks>https://github.com/testmoapp/junitxml</remarks>
internal static class JUnitOutput
{
    /// <summary>Writes suites.</summary>
    public static void Write(TextWriter output, string name, IReadOnlyList<JUnitSuite> suites)
    {
        output.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.Entitize };
        using (var xml = XmlWriter.Create(output, settings))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", name);
            Counts(xml, [.. suites.SelectMany(suite => suite.Cases)]);
            foreach (var suite in suites) Write(xml, suite);
            xml.WriteEndElement();
        }

        output.Write('\n');
    }

    private static void Write(XmlWriter xml, JUnitSuite suite)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", suite.Name);
        Counts(xml, suite.Cases);
        foreach (var each in suite.Cases)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("name", Text(each.Name));
            xml.WriteAttributeString("classname", suite.Name);
            if (each.Location is { File: { } file } place)
            {
                xml.WriteAttributeString("file", Text(file));
                if (place.Line > 0) xml.WriteAttributeString("line", $"{place.Line}");
            }

            if (each.Failure is { } failure) WithMessage(xml, "failure", failure);
            if (each.Skipped is { } skipped) WithMessage(xml, "skipped", skipped);
            if (each.Note is { } note) xml.WriteElementString("system-out", Text(note));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, IReadOnlyList<JUnitCase> cases)
    {
        xml.WriteAttributeString("tests", $"{cases.Count}");
        xml.WriteAttributeString("failures", $"{cases.Count(each => each.Failure is not null)}");
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", $"{cases.Count(each => each.Skipped is not null)}");
    }

    private static void WithMessage(XmlWriter xml, string element, string text)
    {
        xml.WriteStartElement(element);
        xml.WriteAttributeString("message", Text(text.Split('\n')[0]));
        if (text.Contains('\n')) xml.WriteString(Text(text));
        xml.WriteEndElement();
    }

    // XML has no way to write control characters at all, nor halves of characters.
    private static string Text(string text) => string.Concat(PlainText.CleanKeepingLines(text).Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '\uFFFD'));
}
