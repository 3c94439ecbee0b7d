using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ringfence.Kubernetes.Tests.Client;

/// <summary>
/// What a server has of one kind, and what happened to it: answers lists and watches as the API does. With a source of faults it drops connections, forgets what
/// happened, tells things twice or late, and cuts its words into small pieces.
/// </summary>
internal sealed class SyntheticCluster(string kind, string plural, Random? faults = null)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (JsonObject Object, string? Raw)> _objects = new(StringComparer.Ordinal);
    private readonly List<(long Version, string Type, string Frame)> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<HttpContext> _watching = [];
    private long _version = 100;
    private long _forgotten = 100;

    /// <summary>Whether watches can begin with all objects.</summary>
    public bool Streams { get; init; }

    /// <summary>Whether a bad fault may happen; switched off so that a test can come to its end.</summary>
    public bool IsCalm { get; set; }

    public int Lists { get; private set; }

    public int Watches { get; private set; }

    public List<string> Requests { get; } = [];

    /// <summary>Every object by namespace and name, with its version.</summary>
    public IReadOnlyDictionary<string, long> State
    {
        get
        {
            lock (_lock) return _objects.ToDictionary(pair => pair.Key, pair => long.Parse((string)pair.Value.Object["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Adds or changes an object.</summary>
    /// <param name="raw">What the server tells in its place; null for the object itself.</param>
    public void Put(string @namespace, string name, JsonObject? fields = null, string? raw = null)
    {
        lock (_lock)
        {
            var key = $"{@namespace}/{name}";
            var version = ++_version;
            var json = new JsonObject
            {
                ["apiVersion"] = "v1", ["kind"] = kind,
                ["metadata"] = new JsonObject
                {
                    ["name"] = name, ["namespace"] = @namespace, ["uid"] = $"uid-{key}", ["resourceVersion"] = $"{version}",
                    ["annotations"] = new JsonObject { ["ringfence.dev/version"] = $"{version}" },
                },
            };
            foreach (var (field, value) in fields ?? []) json[field] = value?.DeepClone();
            var type = _objects.ContainsKey(key) ? "MODIFIED" : "ADDED";
            _objects[key] = (json, raw);
            Tell(version, type, raw ?? json.ToJsonString());
        }
    }

    public void Remove(string @namespace, string name)
    {
        lock (_lock)
        {
            if (!_objects.Remove($"{@namespace}/{name}", out var gone)) return;
            var version = ++_version;
            gone.Object["metadata"]!["resourceVersion"] = $"{version}";
            Tell(version, "DELETED", gone.Raw ?? gone.Object.ToJsonString());
        }
    }

    /// <summary>Forgets what happened until now.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            _forgotten = _version;
            _events.Clear();
        }
    }

    /// <summary>Whether the object was made so that nobody can read it.</summary>
    public bool IsUnreadable(string name)
    {
        lock (_lock) return _objects.TryGetValue(name, out var value) && value.Object["status"] is not null;
    }

    /// <summary>Drops the watches that are open, after something has happened that they do not tell.</summary>
    public void Drop(Action? meanwhile)
    {
        lock (_lock)
        {
            foreach (var watch in _watching) watch.Abort();
            _watching.Clear();
            meanwhile?.Invoke();
        }
    }

    public Task Answer(HttpContext context)
    {
        lock (_lock) Requests.Add(context.Request.Path + context.Request.QueryString);
        if (!context.Request.Path.Value!.EndsWith("/" + plural, StringComparison.Ordinal)) return context.Status(404, "NotFound", "the server could not find the requested resource");
        if (Happens(20)) return context.Status(500, "InternalError", "oh no");
        if (Happens(20))
        {
            context.Response.Headers.RetryAfter = "0";
            return context.Status(429, "TooManyRequests", "slow down");
        }

        return context.Request.Query["watch"] == "1" ? WatchAsync(context) : ListAsync(context);
    }

    private async Task ListAsync(HttpContext context)
    {
        Lists++;
        var limit = int.Parse(context.Request.Query["limit"].FirstOrDefault() ?? "1000000", CultureInfo.InvariantCulture);
        var parts = (context.Request.Query["continue"].FirstOrDefault() ?? "").Split('|');
        string text;
        lock (_lock)
        {
            // Pages are of one version; this server keeps none but the newest.
            var version = parts.Length == 2 ? long.Parse(parts[1], CultureInfo.InvariantCulture) : _version;
            var after = parts.Length == 2 ? parts[0] : "";
            if (version != _version)
            {
                text = "";
            }
            else
            {
                var rest = _objects.Where(pair => string.CompareOrdinal(pair.Key, after) > 0).ToList();
                var page = rest.Take(limit).ToList();
                var token = rest.Count > limit ? $",\"continue\":\"{page[^1].Key}|{version}\"" : "";
                text = $"{{\"kind\":\"{kind}List\",\"apiVersion\":\"v1\",\"metadata\":{{\"resourceVersion\":\"{version}\"{token}}},\"items\":[{string.Join(",\n ", page.Select(pair => pair.Value.Raw ?? pair.Value.Object.ToJsonString()))}]}}";
            }
        }

        if (text.Length == 0) await context.Status(410, "Expired", "the provided continue parameter is too old");
        else await SendAsync(context, text, mayDrop: true);
    }

    private async Task WatchAsync(HttpContext context)
    {
        Watches++;
        var isInitial = context.Request.Query["sendInitialEvents"] == "true";
        if (isInitial && !Streams)
        {
            await context.Status(422, "Invalid", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch");
            return;
        }

        var last = isInitial ? 0 : long.Parse(context.Request.Query["resourceVersion"].Single()!, CultureInfo.InvariantCulture);
        if (isInitial)
        {
            string frames;
            lock (_lock)
            {
                last = _version;
                frames = string.Join("", _objects.Values.Select(value => Frame("ADDED", value.Raw ?? value.Object.ToJsonString())))
                    + Frame("BOOKMARK", Bookmark(last, ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}"));
            }

            if (!await SendAsync(context, frames, mayDrop: true)) return;
        }

        await context.Response.StartAsync();
        lock (_lock) _watching.Add(context);
        while (!context.RequestAborted.IsCancellationRequested)
        {
            Task changed;
            List<string> frames = [];
            lock (_lock)
            {
                if (last < _forgotten)
                {
                    frames.Add(Frame("ERROR", """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old resource version","reason":"Expired","code":410}"""));
                }
                else
                {
                    foreach (var (_, _, frame) in _events.Where(one => one.Version > last))
                    {
                        frames.Add(frame);
                        if (Happens(10)) frames.Add(frame);
                        if (Happens(20)) frames.Add(_events[Chance(0, _events.Count)] is var late && late.Version <= last ? late.Frame : frame);
                    }

                    last = _version;
                    if (Happens(10) || frames.Count == 0) frames.Add(Frame("BOOKMARK", Bookmark(last, "")));
                }

                changed = _changed.Task;
            }

            if (!await SendAsync(context, string.Join("", frames), mayDrop: true) || last < _forgotten || Happens(15)) return;
            await Task.WhenAny(changed, Task.Delay(Timeout.Infinite, context.RequestAborted));
        }
    }

    private bool Happens(int oneIn) => !IsCalm && Chance(0, oneIn) == 0;

    // Answers are made on several threads.
    private int Chance(int least, int most)
    {
        if (faults is null) return -1;
        lock (_lock) return faults.Next(least, most);
    }

    private static string Frame(string type, string json) => $"{{\"type\":\"{type}\",\"object\":{json}}}\n";

    private string Bookmark(long version, string more) => $"{{\"kind\":\"{kind}\",\"apiVersion\":\"v1\",\"metadata\":{{\"resourceVersion\":\"{version}\"{more}}}}}";

    private void Tell(long version, string type, string json)
    {
        _events.Add((version, type, Frame(type, json)));
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    // False where the connection was dropped on purpose.
    private async Task<bool> SendAsync(HttpContext context, string text, bool mayDrop)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var isDropped = mayDrop && Happens(12);
        var length = isDropped ? Chance(0, bytes.Length) : bytes.Length;
        for (var at = 0; at < length;)
        {
            var part = faults is null ? length : Math.Min(length - at, Chance(1, 3000));
            await context.Response.Body.WriteAsync(bytes.AsMemory(at, part));
            if (faults is not null) await context.Response.Body.FlushAsync();
            at += part;
        }

        if (isDropped) context.Abort();
        else await context.Response.Body.FlushAsync();
        return !isDropped;
    }
}
