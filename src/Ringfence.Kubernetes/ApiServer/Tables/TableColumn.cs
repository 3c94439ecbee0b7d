using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>A column.</summary>
/// <param name="Name">Its heading, which kubectl writes in capitals.</param>
/// <param name="Cell">Makes the cell of an object.</param>
/// <param name="IsWide">Whether it is shown only with <c>-o wide</c>.</param>
/// <param name="Type">The type of its cells, such as <c>string</c> or <c>integer</c>.</param>
internal sealed record TableColumn(string Name, Func<TableRow, JsonNode?> Cell, bool IsWide = false, string Type = "string")
{
    /// <summary>The format of its cells, for clients; empty for none.</summary>
    public string Format { get; init; } = "";

    public string Description { get; init; } = "";

    public static TableColumn Text(string name, Func<TableRow, string> cell) => new(name, row => cell(row));

    public static TableColumn WideText(string name, Func<TableRow, string> cell) => new(name, row => cell(row), IsWide: true);

    public static TableColumn Count(string name, Func<TableRow, JsonNode> cell) => new(name, cell, Type: "integer");

    public JsonObject Definition() => new()
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Name == "Name" && !IsWide ? "name" : Format,
        ["description"] = Description,
        ["priority"] = IsWide ? 1 : 0,
    };
}
