using System.CommandLine;
using System.Globalization;

namespace Ringfence.Cli.CommandLine;

/// <summary>Options that take a number in a range.</summary>
internal static class NumberOption
{
    /// <summary>Makes one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="meaning">What it says, without a full stop.</param>
    /// <param name="usual">What it is where it is not given.</param>
    /// <param name="most">The largest number; the smallest is 1.</param>
    public static Option<int> Create(string name, string meaning, int usual, int most) => new(name)
    {
        Description = $"{meaning}.",
        HelpName = "N",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most) return value;
            result.AddError($"{name} takes a number from 1 to {most}");
            return usual;
        },
    };
}
