using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>The list of conditions of a status.</summary>
internal static class Conditions
{
    /// <summary>Finds a condition.</summary>
    public static JsonObject? Find(JsonObject status, string type) => status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == type);

    /// <summary>Sets a condition; its time of transition changes only with its status. One that says the same already stays as it is.</summary>
    /// <param name="status">The status.</param>
    /// <param name="now">The time.</param>
    /// <param name="type">The condition.</param>
    /// <param name="value"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
    /// <param name="reason">The machine's word for why.</param>
    /// <param name="message">Why, for people.</param>
    /// <param name="timeOfUpdate">The name of the field that has the time of the last change of any of this; null where the kind has none.</param>
    public static void Set(JsonObject status, DateTimeOffset now, string type, string value, string reason, string message, string? timeOfUpdate = null)
    {
        var before = Find(status, type);
        if (before.Text("status") == value && before.Text("reason") == reason && before.Text("message") == message) return;
        var condition = new JsonObject { ["type"] = type, ["status"] = value };
        if (timeOfUpdate is not null) condition[timeOfUpdate] = now.ToText();
        condition["lastTransitionTime"] = before.Text("status") == value ? before.Text("lastTransitionTime") ?? now.ToText() : now.ToText();
        condition["reason"] = reason;
        condition["message"] = message;
        if (status["conditions"] is not JsonArray conditions) status["conditions"] = conditions = [];
        if (before is null) conditions.Add((JsonNode?)condition);
        else conditions[conditions.IndexOf(before)] = condition;
    }

    /// <summary>Removes a condition.</summary>
    public static void Remove(JsonObject status, string type)
    {
        if (Find(status, type) is not { } condition || status["conditions"] is not JsonArray conditions) return;
        conditions.Remove(condition);
        if (conditions.Count == 0) status.Remove("conditions");
    }
}
