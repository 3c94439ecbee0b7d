using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Answers watches: the changes of objects as they happen, a line each.</summary>
/// <param name="api">The objects.</param>
/// <param name="time">Tells the time.</param>
/// <param name="bookmarkInterval">How often a version is told where nothing changes.</param>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes</remarks>
internal sealed class WatchHandler(ObjectApi api, TimeProvider time, TimeSpan bookmarkInterval)
{
    private const int Batch = 256;
    private const int ShortestMinutes = 30;

    /// <summary>Answers a watch until its time is over or the client goes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="query">What is watched.</param>
    /// <param name="encoder">In which form.</param>
    /// <param name="stopping">The server ends.</param>
    /// <exception cref="ApiException">It is refused, and nothing has been written.</exception>
    public async Task ServeAsync(HttpContext context, ListQuery query, ObjectEncoder encoder, CancellationToken stopping)
    {
        var state = api.State;
        var version = query.Version ?? 0;
        if (version > state.Version) throw ListQuery.TooLarge(version, state.Version);
        // Who knows nothing gets what there is; who knows a version gets what came after it.
        var isFromStart = query.SendInitialEvents ?? version == 0;
        var timeout = query.Timeout ?? TimeSpan.FromMinutes(ShortestMinutes + RandomNumberGenerator.GetInt32(ShortestMinutes));
        using var over = new CancellationTokenSource(timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, context.RequestAborted, stopping);
        var stream = new Stream(context.Response.BodyWriter, encoder);
        context.Response.ContentType = Answer.Json;
        await context.Response.StartAsync(end.Token);
        try
        {
            if (isFromStart)
            {
                foreach (var stored in ListHandler.Candidates(state, query, null))
                    if (query.Filter.Matches(stored)) await stream.WriteAsync("ADDED", stored, end.Token);
                if (query is { SendInitialEvents: true, AllowBookmarks: true }) stream.Write("BOOKMARK", encoder.Bookmark(state.Version, isEndOfInitial: true));
            }

            await stream.FlushAsync(end.Token);
            await FollowAsync(stream, query, isFromStart || query.SendInitialEvents == false && version == 0 ? state.Version : version, encoder, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Its time is over, or nobody reads it any more.
        }
        catch (ApiException refusal)
        {
            stream.Write("ERROR", StatusDocument.Of(refusal));
            await stream.FlushAsync(end.Token);
        }
    }

    private async Task FollowAsync(Stream stream, ListQuery query, long position, ObjectEncoder encoder, CancellationToken end)
    {
        var changes = new List<StoredChange>();
        using var timer = new PeriodicTimer(bookmarkInterval, time);
        var tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        var told = position;
        while (true)
        {
            changes.Clear();
            if (api.Log.Read(query.Type, ref position, changes, Batch) is { } waiter)
            {
                try
                {
                    var next = waiter.Task.WaitAsync(end);
                    while (await Task.WhenAny(next, tick) == tick && !next.IsCompleted)
                    {
                        tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
                        // Of a kind that is gone there is nothing more to tell.
                        if (api.Kinds.Now(query.Type) is null) return;
                        if (query.AllowBookmarks && api.Log.PositionOf(waiter) is { } known && known > told)
                        {
                            stream.Write("BOOKMARK", encoder.Bookmark(told = known, isEndOfInitial: false));
                            await stream.FlushAsync(end);
                        }
                    }

                    position = await next;
                }
                finally
                {
                    api.Log.Leave(query.Type, waiter);
                }
            }

            foreach (var change in changes)
            {
                if (Event(query, change) is not var (word, stored)) continue;
                await stream.WriteAsync(word, stored, end);
                told = change.Object.Version;
            }

            if (changes.Count > 0) await stream.FlushAsync(end);
        }
    }

    // What comes to be meant is new to the watcher, and what is no longer meant is gone for it.
    private static (string Word, StoredObject Object)? Event(ListQuery query, StoredChange change)
    {
        var isMeant = change.Kind != ChangeKind.Deleted && query.Filter.Matches(change.Object);
        var wasMeant = change.Before is { } before && query.Filter.Matches(before);
        return (wasMeant, isMeant) switch
        {
            (false, true) => ("ADDED", change.Object),
            (true, true) => ("MODIFIED", change.Object),
            (true, false) => ("DELETED", change.Kind == ChangeKind.Deleted ? change.Object : AsOf(change.Before!, change.Object.Version)),
            _ => null,
        };
    }

    private static StoredObject AsOf(StoredObject stored, long version)
    {
        var value = stored.Parse();
        ObjectJson.SetVersion(value, version);
        return stored with { Version = version, Json = ObjectJson.Write(value) };
    }

    /// <summary>The lines of a watch.</summary>
    private sealed class Stream(PipeWriter output, ObjectEncoder encoder)
    {
        private const int FlushBytes = 64 << 10;
        private bool _hasColumns;

        public async ValueTask WriteAsync(string word, StoredObject stored, CancellationToken end)
        {
            if (encoder.Form != ObjectForm.Table)
            {
                Write(word, encoder.Encode(stored).Span);
            }
            else
            {
                // Columns are told once.
                var table = encoder.Document(stored);
                if (_hasColumns) table["columnDefinitions"] = null;
                _hasColumns = true;
                Write(word, table);
            }

            if (output.UnflushedBytes > FlushBytes) await FlushAsync(end);
        }

        public void Write(string word, JsonObject document) => Write(word, ObjectJson.Write(document));

        public async ValueTask FlushAsync(CancellationToken end)
        {
            if ((await output.FlushAsync(end)).IsCompleted) throw new OperationCanceledException(end);
        }

        private void Write(string word, ReadOnlySpan<byte> json)
        {
            output.Write("{\"type\":\""u8);
            Encoding.ASCII.GetBytes(word, output);
            output.Write("\",\"object\":"u8);
            output.Write(json);
            output.Write("}\n"u8);
        }
    }
}
