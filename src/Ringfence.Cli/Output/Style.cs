namespace Ringfence.Cli.Output;

/// <summary>What a piece of text means; a terminal shows it in colour, and never in colour alone.</summary>
internal enum Style
{
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Doubtful,
    Heading,
}
