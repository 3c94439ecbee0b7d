namespace Ringfence.Kubernetes.Client;

/// <summary>How a client asks.</summary>
public sealed record ApiClientOptions
{
    /// <summary>What the client calls itself (<c>User-Agent</c>).</summary>
    public string UserAgent { get; init; } = "ringfence";

    /// <summary>How many objects a page of a list has.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>How long the server may take to begin an answer, and between two parts of one.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is asked again where the server says when (429, 503 with <c>Retry-After</c>).</summary>
    public int MostRetries { get; init; } = 5;

    /// <summary>The longest wait that the server can ask for.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
