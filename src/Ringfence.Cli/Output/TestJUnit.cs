using System.Globalization;
using System.Xml;
using Ringfence.Analysis.Expectations;
using Ringfence.Cli.Testing;

namespace Ringfence.Cli.Output;

/// <summary>Tests in the XML of JUnit, as CI systems read it: a suite a file, a testcase a case.</summary>
/// <remarks>https://github.com/testmoapp/junitxml</remarks>
internal static class TestJUnit
{
    private static readonly XmlWriterSettings Settings = new() { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true, CheckCharacters = true };

    /// <summary>Writes a run. What cannot be decided is an error, as what cannot be judged.</summary>
    public static void Write(TextWriter output, TestRun run)
    {
        output.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        using (var xml = XmlWriter.Create(output, Settings))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "ringfence test");
            Counts(xml, run.Cases);
            foreach (var file in run.Files)
            {
                xml.WriteStartElement("testsuite");
                Attribute(xml, "name", file.File);
                Counts(xml, file.Cases);
                foreach (var result in file.Cases) Write(xml, file.File, result);
                Coverage(xml, file.Cluster);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        output.Write('\n');
    }

    private static void Counts(XmlWriter xml, IEnumerable<CaseResult> cases)
    {
        var outcomes = cases.Select(result => result.Outcome).ToList();
        Count("tests", outcomes.Count);
        Count("failures", outcomes.Count(outcome => outcome == ExpectationOutcome.Failed));
        Count("errors", outcomes.Count(outcome => outcome is ExpectationOutcome.Error or ExpectationOutcome.Unknown));

        void Count(string name, int count) => xml.WriteAttributeString(name, count.ToString(CultureInfo.InvariantCulture));
    }

    private static void Write(XmlWriter xml, string file, CaseResult result)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "name", result.Case.Name);
        Attribute(xml, "classname", file);
        Attribute(xml, "file", file);
        if (result.Case.Location.Line > 0) xml.WriteAttributeString("line", result.Case.Location.Line.ToString(CultureInfo.InvariantCulture));
        if (result.Outcome != ExpectationOutcome.Passed)
        {
            xml.WriteStartElement(result.Outcome == ExpectationOutcome.Failed ? "failure" : "error");
            xml.WriteAttributeString("type", TestText.Word(result.Outcome));
            Attribute(xml, "message", TestText.Headline(result.Results.First(part => part.Outcome == result.Outcome)));
            xml.WriteString(string.Join('\n', TestReasons.Of(result).Select(PlainText.Clean)));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Coverage(XmlWriter xml, TestedCluster cluster)
    {
        if (cluster.Coverage?.Report() is not { } report) return;
        xml.WriteStartElement("system-out");
        xml.WriteString(string.Join('\n', ((string[])[CoverageText.Rules(report), CoverageText.Pairs(report)])
            .Concat(report.UnusedRules.Select(rule => $"not exercised: {rule.Name} {rule.Location}"))
            .Concat(report.UnmentionedPairs.Select(pair => $"not mentioned: {pair.Source.Name} -> {pair.Destination.Name} {ConnectionListOutput.Text(pair.Reach)}"))
            .Select(PlainText.Clean)));
        xml.WriteEndElement();
    }

    // XML cannot hold control characters, not even escaped.
    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, PlainText.Clean(value));
}
