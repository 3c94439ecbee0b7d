using Ringfence.Evidence.Probes;
using Ringfence.Evidence.Running;

namespace Ringfence.Evidence.Records;

/// <summary>The words that evidence uses.</summary>
public static class ProbeWords
{
    /// <summary>The engine lets it through.</summary>
    public const string Allowed = "allowed";

    /// <summary>The engine does not.</summary>
    public const string Denied = "denied";

    /// <summary>The packets saw what the engine says.</summary>
    public const string Agrees = "agrees";

    /// <summary>They did not.</summary>
    public const string Differs = "differs";

    /// <summary>Nothing can be said.</summary>
    public const string NotCovered = "notCovered";

    /// <summary>The word for what was seen.</summary>
    public static string Of(Observed observed) => observed switch
    {
        Observed.Answered => "answered",
        Observed.Refused => "refused",
        Observed.Dropped => "dropped",
        Observed.NoRoute => "noRoute",
        _ => "failed",
    };

    /// <summary>The word for a comparison.</summary>
    public static string Of(Agreement agreement) => agreement switch
    {
        Agreement.Agrees => Agrees,
        Agreement.Differs => Differs,
        _ => NotCovered,
    };

    /// <summary>Whether what was seen says that packets were let through.</summary>
    public static bool IsOpen(this ProbeRecord probe) => probe.Observed is "answered" or "refused";

    /// <summary>What was seen, in words for people.</summary>
    public static string Describe(string observed) => observed switch
    {
        "answered" => "answered",
        "refused" => "let through (nobody listens there)",
        "dropped" => "no answer",
        "noRoute" => "no route",
        _ => "not tried",
    };
}
