using System.Collections.Immutable;
using Ringfence.Analysis.Expectations;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Cli.Testing;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Records;
using Ringfence.Evidence.Running;
using Ringfence.Model;

namespace Ringfence.Cli.Proving;

/// <summary>Expectations that packets are to show: which probes they want, and what the probes said.</summary>
internal sealed class ProvedExpectations
{
    private readonly ImmutableArray<ExpectationCase> _cases;
    private ExpectedFlows? _flows;

    private ProvedExpectations(ImmutableArray<ExpectationCase> cases) => _cases = cases;

    /// <summary>Reads files.</summary>
    /// <exception cref="CommandException">One of them cannot be read, or names what is not there.</exception>
    public static ProvedExpectations Read(IEnumerable<string> files, Choices choices, ClusterInput input)
    {
        var cases = ImmutableArray.CreateBuilder<ExpectationCase>();
        var hasErrors = false;
        foreach (var file in ExpectationFiles.Find([.. files]))
        {
            var reading = ExpectationFiles.Read(file, choices.NamespaceOfNames);
            Tell(reading.Diagnostics);
            if (reading.Set is { } set) cases.AddRange(set.Cases);
        }

        foreach (var result in new ExpectationJudge(ClusterView.Create(input.Reachability)).Judge(cases)) Tell(result.Results.Select(part => part.Problem).OfType<Diagnostic>());
        return hasErrors ? throw new CommandException("the expectations have errors; nothing is proved") : new ProvedExpectations(cases.ToImmutable());

        void Tell(IEnumerable<Diagnostic> diagnostics)
        {
            foreach (var diagnostic in diagnostics)
            {
                choices.Terminal.Tell(diagnostic.Severity, ClusterInput.Describe(diagnostic));
                hasErrors = true;
            }
        }
    }

    /// <summary>The connections that must be probed.</summary>
    /// <param name="reachability">The cluster in which they are made.</param>
    /// <param name="outside">The addresses outside that can be used.</param>
    public ImmutableArray<WantedProbe> Wanted(Reachability reachability, ImmutableArray<Address> outside)
    {
        _flows = ExpectedFlows.Of(ClusterView.Create(reachability), _cases);
        return [.. _flows.Samples(outside).Distinct().Select(wanted => new WantedProbe(wanted.Source, wanted.Destination, wanted.Protocol, wanted.Port))];
    }

    /// <summary>What the probes showed.</summary>
    public ImmutableArray<ExpectationRecord> Compare(Reachability reachability, ImmutableArray<ProbeResult> results)
    {
        var said = results.Where(result => result.Agreement != Agreement.NotCovered)
            .SelectMany(result => _flows!.Find(ConnectionOf(reachability, result)).Select(found => (found.Expectation, found.Expected, Result: result)))
            .ToLookup(item => item.Expectation, (IEqualityComparer<Analysis.Expectations.Expectation>)ReferenceEqualityComparer.Instance);
        return
        [
            .. _cases.SelectMany(item => item.Expectations.Select(expectation =>
            {
                var about = said[expectation].ToList();
                var broken = about.Where(one => one.Result.IsOpen != (one.Expected == Outcome.Allowed)).Select(one => Broken(one.Result, one.Expected)).ToImmutableArray();
                var word = about.Count == 0 ? ExpectationRecord.NotCovered : broken.IsEmpty ? ExpectationRecord.Held : ExpectationRecord.Failed;
                var place = expectation.Location is { File: { } file } location ? new PlaceRecord(file, location.Line, location.Column) : null;
                return new ExpectationRecord(item.Name, TestRecord.Mode(expectation.Mode), place, word, about.Select(one => one.Result).Distinct().Count(), broken);
            })),
        ];
    }

    private static ExpectedConnection ConnectionOf(Reachability reachability, ProbeResult result)
    {
        var probe = result.Planned.Probe;
        return new ExpectedConnection(PartyOf(probe.Source), PartyOf(probe.Destination), probe.Protocol, probe.Port);

        Party PartyOf(Evidence.Probes.ProbeEnd end) => end.IsPod ? Party.OfPod(reachability.Snapshot.FindPod(end.Address)) : Party.OfAddress(end.Address);
    }

    private static BrokenRecord Broken(ProbeResult result, Outcome expected)
    {
        var probe = result.Planned.Probe;
        return new BrokenRecord(probe.Source.Name, probe.Destination.Name, probe.Protocol.ToText(), probe.Port, expected.Word(), ProbeWords.Of(result.Observed));
    }
}
