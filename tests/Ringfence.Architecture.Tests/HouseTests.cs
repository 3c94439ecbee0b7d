using System.Xml.Linq;

namespace Ringfence.Architecture.Tests;

/// <summary>What may use what, and what a project and a file may look like.</summary>
public class HouseTests
{
    // Each project, and those directly below it. What is below those may be used as well.
    private static readonly Dictionary<string, string[]> House = new(StringComparer.Ordinal)
    {
        ["Ringfence.Model"] = [],
        ["Ringfence.Engine"] = ["Ringfence.Model"],
        ["Ringfence.Kubernetes"] = ["Ringfence.Model"],
        ["Ringfence.Analysis"] = ["Ringfence.Engine"],
        ["Ringfence.Dataplane"] = ["Ringfence.Engine"],
        ["Ringfence.Evidence"] = ["Ringfence.Engine"],
        ["Ringfence.Agent"] = ["Ringfence.Dataplane", "Ringfence.Kubernetes"],
        ["Ringfence.Lab"] = ["Ringfence.Agent", "Ringfence.Evidence"],
        ["Ringfence.Web"] = ["Ringfence.Analysis", "Ringfence.Evidence"],
        ["Ringfence.Cli"] = ["Ringfence.Lab", "Ringfence.Web"],
    };

    public static TheoryData<string> Sources => [.. Projects("src")];

    public static TheoryData<string> Everything => [.. Projects("src"), .. Projects("tests"), .. Projects("bench")];

    [Theory, MemberData(nameof(Sources))]
    public void Project_UsesOnlyWhatIsBelowIt(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        Assert.True(House.ContainsKey(name), $"{name} has no place in the house: add it to the table in docs/architecture.md and to this test.");

        var upwards = References(project).Except(Below(name), StringComparer.Ordinal);

        Assert.Empty(upwards);
    }

    [Theory, MemberData(nameof(Sources))]
    public void Project_HasItsTests(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);

        Assert.True(File.Exists(Repository.At("tests", $"{name}.Tests", $"{name}.Tests.csproj")), $"tests/{name}.Tests is missing");
    }

    [Theory, MemberData(nameof(Everything))]
    public void Project_IsInTheSolutionAndHasItsLocks(string project)
    {
        var solution = XDocument.Load(Repository.At("Ringfence.slnx")).Descendants("Project").Select(p => (string?)p.Attribute("Path"));

        Assert.Contains(project, solution);
        Assert.True(File.Exists(Repository.At(Path.GetDirectoryName(project)!, "packages.lock.json")), $"{project} has no packages.lock.json");
    }

    [Fact]
    public void TestProject_MirrorsASourceProjectOrIsThisOne()
    {
        var mirrored = Projects("src").Select(p => Path.GetFileNameWithoutExtension(p) + ".Tests").Append("Ringfence.Architecture.Tests");

        Assert.Empty(Projects("tests").Select(p => Path.GetFileNameWithoutExtension(p)!).Except(mirrored, StringComparer.Ordinal));
    }

    [Fact]
    public void SourceFile_HasAtMost400Lines()
    {
        var tooLong = Repository.Files("src", "*.cs")
            .Select(path => (Name: Repository.Name(path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > 400);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void SourceFile_IsFinished()
    {
        string[] marks = ["NotImplementedException", "TODO", "FIXME", "HACK"];
        var unfinished = Repository.Files("src", "*.cs")
            .Where(path => File.ReadAllText(path) is var text && marks.Any(mark => text.Contains(mark, StringComparison.Ordinal)))
            .Select(Repository.Name);

        Assert.Empty(unfinished);
    }

    private static IEnumerable<string> Projects(string folder) => Repository.Files(folder, "*.csproj").Select(Repository.Name);

    private static IEnumerable<string> References(string project) => XDocument.Load(Repository.At(project))
        .Descendants("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/')));

    // The table has no circles, or this would not end.
    private static IEnumerable<string> Below(string name) => House[name].SelectMany(below => Below(below).Prepend(below));
}
