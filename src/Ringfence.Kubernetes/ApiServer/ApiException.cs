using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>A request that is refused, as a <c>Status</c> body tells it.</summary>
/// <param name="code">The HTTP status, 400 or above.</param>
/// <param name="reason">The machine's word for it, such as <c>NotFound</c>, <c>AlreadyExists</c>, <c>Conflict</c>, <c>Invalid</c>, <c>Expired</c>.</param>
/// <param name="message">For people, in the API server's own form.</param>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/</remarks>
public sealed class ApiException(int code, string reason, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Code { get; } = code;

    /// <summary>The machine's word for it.</summary>
    public string Reason { get; } = reason;

    /// <summary>What it is about: <c>details.group</c>, <c>details.kind</c> (the plural, as the server has it) and <c>details.name</c>; null where it is about no object.</summary>
    public (string Group, string Kind, string Name)? About { get; init; }

    /// <summary>What is wrong, field by field (<c>details.causes</c>).</summary>
    public ImmutableArray<FieldError> Causes { get; init; } = [];

    /// <summary>A cause that is not a field's error: the machine's word for it, the message and the field; null where there is none.</summary>
    public (string Reason, string Message, string Field)? OtherCause { get; init; }

    /// <summary>Seconds after which to try again (<c>details.retryAfterSeconds</c> and the header); null where that does not help.</summary>
    public int? RetryAfterSeconds { get; init; }
}
