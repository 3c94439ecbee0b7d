using Ringfence.Cli.Answers;
using Ringfence.Cli.Output;

namespace Ringfence.Cli.Tests;

public sealed class GridTextTests
{
    [Fact]
    public void Write_EnoughRoom_NamesColumnsBelowTheirNamespaces() => Assert.Equal(
        """
                    front      back
        FROM \ TO   web  edge  db    external
        front/web   ·    all   5432  -
        front/edge  all  ·     -     all
        back/db     -    -     ·     ?
        external    80   -     -

        """,
        Render(Sample, 80));

    [Fact]
    public void Write_NamesDoNotFit_NumbersColumnsAsRows()
    {
        var lines = Render(Sample, 36).Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 36, line));
        Assert.Equal(["FROM", "\\", "TO", "1", "2", "3", "4"], Words(lines[0]));
        Assert.Equal(["1", "front/web", "·", "all", "5432", "-"], Words(lines[1]));
        Assert.Equal(["4", "external", "80", "-", "-"], Words(lines[4]));
    }

    [Fact]
    public void Write_NumbersDoNotFit_PagesColumns()
    {
        var text = Render(Sample, 22);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 22, line));
        var blocks = text.TrimEnd().Split("\n\n");
        Assert.True(blocks.Length > 1);
        Assert.All(blocks, block => Assert.Equal(5, block.Split('\n').Length));
        Assert.Equal(["1", "2", "3", "4"], blocks.SelectMany(block => Words(block.Split('\n')[0])).Where(word => char.IsAsciiDigit(word[0])));
    }

    [Fact]
    public void Write_ColumnThatIsNoRow_IsToldBelow()
    {
        var grid = new Fixed([["-", "-"]]) { Rows = [Workload("a", "x")], Columns = [Workload("a", "x"), Outside("10.0.0.0/8")] };
        Assert.EndsWith("\n\n2 10.0.0.0/8 (destination)\n", Render(grid, 18), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ManyPorts_AreCutAtACommaWithASign()
    {
        var ports = string.Join(',', Enumerable.Range(1000, 20));
        var grid = new Fixed([[ports]]) { Rows = [Workload("a", "x")], Columns = [Workload("a", "y")] };
        Assert.Contains("1000,1001,1002,1003,…\n", Render(grid, 200), StringComparison.Ordinal);
        Assert.Contains(ports + "\n", Render(grid, 40, wide: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WithoutHeaders_BeginsWithTheFirstRow() =>
        Assert.StartsWith("front/web", Render(Sample, 80, headers: false), StringComparison.Ordinal);

    private static Grid Sample => new Fixed(
    [
        ["·", "all", "5432", "-"],
        ["all", "·", "-", "all"],
        ["-", "-", "·", "?"],
        ["80", "-", "-", ""],
    ])
    {
        Rows = [Workload("front", "web"), Workload("front", "edge"), Workload("back", "db"), Outside("external")],
        Columns = [Workload("front", "web"), Workload("front", "edge"), Workload("back", "db"), Outside("external")],
    };

    private static GridEntry Workload(string @namespace, string name) => new($"{@namespace}/{name}", @namespace, name, IsOutside: false);

    private static GridEntry Outside(string name) => new(name, "", name, IsOutside: true);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Render(Grid grid, int width, bool headers = true, bool wide = false)
    {
        using var text = new StringWriter { NewLine = "\n" };
        new GridText(new Terminal(text, TextWriter.Null, width), headers, wide).Write(grid);
        return text.ToString();
    }

    private sealed class Fixed(string[][] cells) : Grid
    {
        public override GridCell this[int row, int column] => new(CellKind.Some, cells[row][column]);
    }
}
