namespace Ringfence.Cli.CommandLine;

/// <summary>What the command's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>Yes, or clean.</summary>
    public const int Yes = 0;

    /// <summary>No: denied, or findings.</summary>
    public const int No = 1;

    /// <summary>The question or the input is wrong, or the input does not decide the question.</summary>
    public const int Unusable = 2;

    /// <summary>The machine lacks something.</summary>
    public const int MachineLacks = 3;

    /// <summary>The user stopped it; what a shell reports for a program that ends by SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Nobody reads the output any more; what a shell reports for a program that ends by SIGPIPE.</summary>
    public const int BrokenPipe = 141;
}
