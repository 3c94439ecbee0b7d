using System.Globalization;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.Client.Reading;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Client;

/// <summary>Follows one kind: a list, or a watch that begins with all objects; then watches, each from where the last one ended.</summary>
internal sealed class KindFeed(ApiClient client, FeedKind kind, IObjectSink sink, FeedOptions options)
{
    // A server that offers no streamed list may take the request for a common watch and wait for changes.
    private static readonly TimeSpan StreamPatience = TimeSpan.FromSeconds(15);

    // A reader remembers what objects have in common. That pays where all are read, and only grows with single changes.
    private const int ReadsOfOneReader = 256;

    private ServedObjects _reader = new(kind.Type, kind.KeepsPlaces);
    private int _reads;
    private readonly Backoff _backoff = new(options);
    private readonly TimeProvider _time = client.Options.Time;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _problem;
    private long _heard;
    private bool _streams = options.Streams;

    // What the sink knows; null where all objects have to be read.
    private string? _version;

    private string Name => kind.Type.Kind;

    public Task Synced => _synced.Task;

    public FeedState State =>
        new(Name, _synced.Task.IsCompleted, Interlocked.Read(ref _heard) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null, _problem);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var wait = TimeSpan.Zero;
            var begun = _time.GetTimestamp();
            try
            {
                if (_version is null && !_streams) await ListAsync(cancellation);
                begun = _time.GetTimestamp();
                await WatchAsync(cancellation);

                // A watch that ends at once, again and again, is no good sign.
                if (_time.GetElapsedTime(begun) < options.FirstWait) wait = _backoff.Next();
                else _backoff.Reset();
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (ApiException problem) when (IsExpired(problem))
            {
                _version = null;
                Tell(FeedEvent.Expired, $"{kind.Type} are read anew: {problem.Message}");
                wait = _backoff.Next();
            }
            catch (ApiException problem) when (_version is null && _streams && problem.Code is 400 or 403 or 405 or 422)
            {
                // The server offers no streamed list (or refuses, which the list will tell).
                _streams = false;
            }
            catch (ApiException problem) when (problem.Code == 404 && kind.IsOptional)
            {
                NotServed();
                wait = options.Recheck;
            }
            catch (Exception problem) when (problem is ApiException or ClusterException or IOException or HttpRequestException or InvalidDataException or TimeoutException)
            {
                if (_version is null && _streams && problem is StreamNotOfferedException) _streams = false;
                else wait = Failed(problem, _time.GetElapsedTime(begun));
            }

            if (wait > TimeSpan.Zero && !await WaitAsync(wait, cancellation)) return;
        }
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        var gathered = new Gathered(Read);
        var (version, tooBig) = await client.ListAsync(kind.Type, kind.Selection, gathered.Clear, gathered.Add, cancellation);
        for (var i = 0; i < tooBig; i++) gathered.Refused.Add(TooBig);
        Replace(gathered.Objects, gathered.Refused, version);
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        var initial = _version is null ? new Initial() : null;
        var duration = options.WatchDuration * (1 + options.Random.NextDouble());
        using var answer = await client.WatchAsync(kind.Type, kind.Selection, _version, duration, initial is null ? options.Silence : client.Options.Patience, cancellation);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        using var window = new JsonWindow(stream, initial is null ? options.Silence : StreamPatience, _time);
        Heard();
        try
        {
            while (await window.PeekAsync(cancellation) != 0)
            {
                var length = await window.ValueAsync(cancellation);
                if (length < 0) Refuse(TooBig, initial);
                else if (Take(window.Rest[..length], initial))
                {
                    initial = null;
                    window.Silence = options.Silence;
                }

                window.Take(Math.Max(length, 0));
                Heard();
            }
        }
        catch (TimeoutException problem) when (initial is not null)
        {
            throw new StreamNotOfferedException(problem);
        }

        // Ended before all was told: a server that does not know what was asked.
        if (initial is not null) throw new StreamNotOfferedException(null);
    }

    /// <summary>Takes an event.</summary>
    /// <returns>Whether all objects that were there when the watch began have been told with it.</returns>
    private bool Take(ReadOnlySpan<byte> frame, Initial? initial)
    {
        var change = WatchEvent.Parse(frame);
        switch (change.Kind)
        {
            case WatchEventKind.Error:
                throw StatusBody.Read(0, change.Object.ToArray());
            case WatchEventKind.Unreadable:
                throw Lost("the server told what is no event of a watch");
            case WatchEventKind.Bookmark when initial is not null:
                if (!change.EndsInitialEvents()) return false;
                Replace(initial.Objects, initial.Refused, change.Version() ?? throw new InvalidDataException("the server told a bookmark without a version"));
                return true;
            case WatchEventKind.Bookmark:
                _version = change.Version() ?? _version;
                return false;
        }

        var version = change.Version();
        var isRemoved = change.Kind == WatchEventKind.Deleted;
        if (initial is null && IsPast(version))
        {
            // Told once already, or overtaken: the later state counts. That something is gone is not passed over, though.
            if (isRemoved && version != _version) throw Lost("the server told late that an object is gone");
            return false;
        }

        var read = Read(change.Object);
        if (initial is not null) initial.Add(read, isRemoved);
        else if (isRemoved) Remove(read);
        else if (read.Object is { } item) sink.Change(item, removed: false);
        else Refuse(read.Refused!, initial);
        if (initial is null) _version = version ?? _version;
        return false;
    }

    private void ForgetCommon() => (_reader, _reads) = (new ServedObjects(kind.Type, kind.KeepsPlaces), 0);

    private ServedObject Read(ReadOnlySpan<byte> json)
    {
        if (_version is not null && ++_reads > ReadsOfOneReader) ForgetCommon();
        var read = _reader.Read(json);
        return options.Reduce is { } reduce && read.Object is { } item ? read with { Object = reduce(item) } : read;
    }

    private void Remove(ServedObject read)
    {
        // Its name is enough; where that cannot be read, all objects are read anew.
        if (read.Object is { } item) sink.Change(item, removed: true);
        else if (read.Refused is { Name.Length: > 0 } known) sink.Change(Named(known), removed: true);
        else throw Lost("an object is gone whose name cannot be read");
    }

    private static KubernetesObject Named(RefusedObject known) => known.Kind switch
    {
        "Pod" => new Pod { Name = known.Name, Namespace = known.Namespace },
        "NetworkPolicy" => new NetworkPolicy { Name = known.Name, Namespace = known.Namespace },
        "Namespace" => new Namespace { Name = known.Name },
        "Node" => new Node { Name = known.Name },
        "Service" => new Service { Name = known.Name, Namespace = known.Namespace },
        "EndpointSlice" => new EndpointSlice { Name = known.Name, Namespace = known.Namespace },
        "Ingress" => new Ingress { Name = known.Name, Namespace = known.Namespace },
        _ => new Workload { Name = known.Name, Namespace = known.Namespace, WorkloadKind = known.Kind },
    };

    private void Refuse(RefusedObject refused, Initial? initial)
    {
        if (initial is not null) initial.Add(refused);
        else if (refused.Name.Length > 0) sink.Refuse(refused);
        else throw Lost($"an object {refused.Why}");
    }

    // What an event was about is not known: only all objects together tell.
    private static ApiException Lost(string why) => new(410, "Expired", why);

    // A version of the future is one of a server that was set up anew.
    private static bool IsExpired(ApiException problem) =>
        problem.Code == 410 || problem.Reason is "Expired" or "Gone" || (problem.Code == 504 && problem.Message.Contains("resource version", StringComparison.OrdinalIgnoreCase));

    private RefusedObject TooBig => new(Name, "", "", $"is bigger than {JsonWindow.MostBytes >> 20} MB");

    // Versions can be compared as numbers; where they are none, nothing is known.
    // https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
    private bool IsPast(string? version) =>
        ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var told) && ulong.TryParse(_version, NumberStyles.None, CultureInfo.InvariantCulture, out var known)
        && told <= known;

    private void Replace(IReadOnlyCollection<KubernetesObject> objects, List<RefusedObject> refused, string version)
    {
        sink.Replace(Name, objects, refused);
        _version = version;

        ForgetCommon();
        _backoff.Reset();
        Heard();
        Tell(FeedEvent.Synced, $"{objects.Count + refused.Count} {kind.Type}", objects.Count);
        _synced.TrySetResult();
    }

    private void NotServed()
    {
        if (!_synced.Task.IsCompleted || _version is not null) Tell(FeedEvent.NotServed, $"the cluster does not serve {kind.Type}");
        sink.Replace(Name, [], []);
        _version = null;
        Heard();
        _synced.TrySetResult();
    }

    private TimeSpan Failed(Exception problem, TimeSpan after)
    {
        if (_problem != problem.Message) Tell(FeedEvent.Failed, problem.Message);
        _problem = problem.Message;
        if (after > options.LongestWait) _backoff.Reset();
        return _backoff.Next();
    }

    private void Heard()
    {
        Interlocked.Exchange(ref _heard, _time.GetUtcNow().Ticks);
        if (_problem is null) return;
        _problem = null;
        Tell(FeedEvent.Recovered, $"{kind.Type} can be followed again");
    }

    private void Tell(FeedEvent what, string message, int count = 0) => options.Tell?.Invoke(new FeedNote(Name, what, message, count));

    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(wait, _time, cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private delegate ServedObject ObjectReading(ReadOnlySpan<byte> json);

    /// <summary>What a list gives.</summary>
    private sealed class Gathered(ObjectReading reading)
    {
        public List<KubernetesObject> Objects { get; private set; } = [];

        public List<RefusedObject> Refused { get; } = [];

        public void Clear()
        {
            Objects = [];
            Refused.Clear();
        }

        public void Add(ReadOnlySpan<byte> json)
        {
            var read = reading(json);
            if (read.Object is { } item) Objects.Add(item);
            else Refused.Add(read.Refused!);
        }
    }

    /// <summary>What was there when a watch began. Changes can come in between.</summary>
    private sealed class Initial
    {
        private readonly Dictionary<(string Namespace, string Name), KubernetesObject> _objects = [];
        private readonly Dictionary<(string Namespace, string Name), RefusedObject> _refused = [];
        private readonly List<RefusedObject> _nameless = [];

        public IReadOnlyCollection<KubernetesObject> Objects => _objects.Values;

        public List<RefusedObject> Refused => [.. _refused.Values, .. _nameless];

        public void Add(RefusedObject refused)
        {
            if (refused.Name.Length == 0) _nameless.Add(refused);
            else _refused[(refused.Namespace, refused.Name)] = refused;
        }

        public void Add(ServedObject read, bool isRemoved)
        {
            var (@namespace, name) = read.Object is { } item ? (item.Namespace, item.Name) : (read.Refused!.Namespace, read.Refused.Name);
            _objects.Remove((@namespace, name));
            _refused.Remove((@namespace, name));
            if (isRemoved) return;
            if (read.Object is { } present) _objects.Add((@namespace, name), present);
            else Add(read.Refused!);
        }
    }

    private sealed class StreamNotOfferedException(Exception? inner) : IOException("the server offers no streamed list", inner);
}
