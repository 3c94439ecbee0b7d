using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>An object that is about to be written.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Value">Its new state, with defaults, which may be completed; not validated yet.</param>
/// <param name="Old">Its state before, which stays as it is; null where it is new.</param>
/// <param name="IsDryRun">Whether nothing will be kept: what is reserved for it must be free again.</param>
public sealed record AdmissionRequest(ResourceType Type, JsonObject Value, JsonObject? Old, bool IsDryRun);

/// <summary>
/// Completes or refuses objects before they are validated and kept. Called for creations and for updates of objects themselves, not of their subresources,
/// and more than once for the same update where somebody else wrote meanwhile. Safe for several threads.
/// </summary>
public interface IAdmission
{
    /// <summary>Completes the object in place, or refuses it.</summary>
    /// <exception cref="ApiException">It is refused.</exception>
    void Admit(AdmissionRequest request);

    /// <summary>Told when what was admitted is written, or will not be: what was reserved for it is either stored by now or free.</summary>
    /// <param name="value">The object that was admitted.</param>
    void Release(JsonObject value)
    {
    }
}
