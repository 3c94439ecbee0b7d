using System.CommandLine;

namespace Ringfence.Bench.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<Generation.Shape> Shape(string @default) => new("--shape")
    {
        Description = $"{string.Join(", ", Generation.Shape.All.Select(shape => $"{shape.Name} ({shape.Size})"))}, or pods/policies/namespaces such as 5k/1k/50.",
        DefaultValueFactory = _ => Generation.Shape.Parse(@default),
        CustomParser = result =>
        {
            try
            {
                return Generation.Shape.Parse(result.Tokens[0].Value);
            }
            catch (FormatException e)
            {
                result.AddError(e.Message);
                return null!;
            }
        },
    };

    public static Option<int> Seed() => new("--seed") { Description = "The same seed gives the same cluster.", DefaultValueFactory = _ => 1 };

    public static Option<int> Runs() => new("--runs") { Description = "How often to repeat what is told as the best of several runs.", DefaultValueFactory = _ => 7 };

    public static Option<string> Json()
    {
        var option = new Option<string>("--output", "-o") { Description = "table or json.", DefaultValueFactory = _ => "table" };
        option.AcceptOnlyFromAmong("table", "json");
        return option;
    }

    public static bool IsJson(ParseResult result, Option<string> option) => result.GetValue(option) == "json";

    /// <summary>The program to measure: by default the script at the root of the repository that starts the published build.</summary>
    public static Option<string> Cli() => new("--cli")
    {
        Description = "The ringfence program to start.",
        DefaultValueFactory = _ => Path.Combine(Repository(), "ringfence"),
    };

    /// <summary>The exit code where the machine lacks something.</summary>
    public const int MachineLacks = 3;

    /// <summary>Whether this runs as root; says what to do where it does not.</summary>
    public static bool IsRoot()
    {
        if (Environment.IsPrivilegedProcess) return true;
        Console.Error.WriteLine("this needs root: it makes network namespaces and programs their kernel rules. Run it with sudo.");
        return false;
    }

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Ringfence.slnx"))) return folder.FullName;
        return ".";
    }
}
