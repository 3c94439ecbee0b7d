using Xunit;

namespace Ringfence.Cli.Tests;

/// <summary>The tours: what real packets make of the examples.</summary>
public sealed class LabTourTests
{
    [Fact]
    public void Scenarios_Scoreboard_IsWhatTheArticleSays()
    {
        using var labs = new LabRun();
        var tour = labs.Lab("tour", "scenarios");
        Assert.True(tour.Code == 0, tour.Out + tour.Error);
        string[] scores = ["yes yes yes", "no no no", "yes no no", "yes yes no", "yes yes no", "yes yes no", "no ml-ops only no", "no ml-ops/model-monitor only no"];
        var lines = tour.Out.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        for (var i = 0; i < scores.Length; i++)
            Assert.Contains(lines, line => line.StartsWith($"{i + 1} ", StringComparison.Ordinal) && line.EndsWith(" " + scores[i], StringComparison.Ordinal));
        Assert.Contains("ml-ops/drift-detector no yes the hyphen lets it in", lines);
        Assert.Contains(lines, line => line.StartsWith("before ai-platform/chat-ui looks up rag-api: 10.96.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("egress denied ai-platform/chat-ui looks up rag-api: no answer", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("DNS allowed ai-platform/chat-ui looks up rag-api: 10.96.", StringComparison.Ordinal));
        Assert.EndsWith("connections tried with real packets: all as the engine says\n", tour.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Rag_EachStep_SaysWhatChangedAndWhy()
    {
        using var labs = new LabRun();
        var tour = labs.Lab("tour", "rag");
        Assert.True(tour.Code == 0, tour.Out + tour.Error);
        Assert.Contains("nothing gets into ai-platform any more", tour.Out, StringComparison.Ordinal);
        Assert.Contains("ai-platform/chat-ui -> ai-platform/rag-api:8000; ai-platform/rag-api -> ai-platform/vector-db:6333,6334", tour.Out, StringComparison.Ordinal);
        Assert.Contains("ai-platform/chat-ui looks up rag-api: no answer", tour.Out, StringComparison.Ordinal);
        Assert.Contains("7. Both ends", tour.Out, StringComparison.Ordinal);
        Assert.EndsWith("connections tried with real packets: all as the engine says\n", tour.Out, StringComparison.Ordinal);
    }
}
