using System.Globalization;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.Client.Reading;

namespace Ringfence.Kubernetes.Client;

// Lists in pages, and watches.
public sealed partial class ApiClient
{
    // A list that expires again and again is too big to be read in pages at this pace.
    private const int MostExpired = 2;

    /// <summary>Gets one object of a list as JSON, which is gone afterwards.</summary>
    /// <param name="json">It.</param>
    public delegate void ObjectReader(ReadOnlySpan<byte> json);

    /// <summary>Reads the objects of a kind, page by page, each as it arrives.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="selection">Which of them.</param>
    /// <param name="begin">Called where reading begins, and begins anew because pages expired: what was read before counts no more.</param>
    /// <param name="read">Gets each.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The version as of which they are so, and how many were too big to be read.</returns>
    /// <exception cref="InvalidDataException">The answer is no list.</exception>
    /// <exception cref="IOException">The answer was cut off.</exception>
    /// <exception cref="TimeoutException">The server became silent.</exception>
    public async Task<(string Version, int TooBig)> ListAsync(
        ResourceType type, ObjectSelection selection, Action begin, ObjectReader read, CancellationToken cancellation)
    {
        for (var expired = 0; ; expired++)
        {
            begin();
            var (next, tooBig) = ((string?)null, 0);
            try
            {
                do
                {
                    var path = ApiPath.With(
                        ApiPath.OfKind(type, selection.Namespace),
                        ("limit", expired > MostExpired ? null : _options.PageSize.ToString(CultureInfo.InvariantCulture)),
                        ("continue", next), ("fieldSelector", selection.FieldSelector), ("labelSelector", selection.LabelSelector));
                    using var answer = await SendAsync(HttpMethod.Get, path, null, null, _options.Patience, cancellation);
                    await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
                    using var window = new JsonWindow(stream, _options.Patience, _options.Time);
                    var head = await ListStream.ReadAsync(window, item => read(item), cancellation);
                    tooBig += head.TooBig;
                    if (head.Continue is null) return (head.Version, tooBig);
                    next = head.Continue;
                }
                while (true);
            }
            catch (ApiException problem) when (problem.Code == 410 && next is not null && expired <= MostExpired)
            {
                // What follows is of another version: begun anew, all is of one.
            }
        }
    }

    /// <summary>Begins a watch.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="selection">Which objects.</param>
    /// <param name="version">The version that is known; null to get all objects first.</param>
    /// <param name="duration">When the server is to end it.</param>
    /// <param name="patience">How long the server may take to begin its answer: some do with the first event.</param>
    /// <param name="cancellation">Gives up.</param>
    internal Task<HttpResponseMessage> WatchAsync(ResourceType type, ObjectSelection selection, string? version, TimeSpan duration, TimeSpan patience, CancellationToken cancellation)
    {
        var isInitial = version is null;
        var path = ApiPath.With(
            ApiPath.OfKind(type, selection.Namespace),
            ("watch", "1"), ("allowWatchBookmarks", "true"), ("resourceVersion", version),
            ("sendInitialEvents", isInitial ? "true" : null), ("resourceVersionMatch", isInitial ? "NotOlderThan" : null),
            ("timeoutSeconds", ((int)Math.Ceiling(duration.TotalSeconds)).ToString(CultureInfo.InvariantCulture)),
            ("fieldSelector", selection.FieldSelector), ("labelSelector", selection.LabelSelector));
        return SendAsync(HttpMethod.Get, path, null, null, patience, cancellation);
    }
}
