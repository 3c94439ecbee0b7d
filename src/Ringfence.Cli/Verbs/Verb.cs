using System.Collections.Immutable;
using System.CommandLine;

namespace Ringfence.Cli.Verbs;

/// <summary>A verb of the command line.</summary>
/// <param name="Command">What it is called and takes.</param>
/// <param name="Examples">What its help ends with.</param>
internal sealed record Verb(Command Command, string Examples)
{
    /// <summary>The verbs below it.</summary>
    public ImmutableArray<Verb> Parts { get; init; } = [];
}
