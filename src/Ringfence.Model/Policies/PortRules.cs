namespace Ringfence.Model.Policies;

/// <summary>The rules for an entry of <c>ports</c>.</summary>
/// <remarks>ValidateNetworkPolicyPort in pkg/apis/networking/validation/validation.go</remarks>
internal static class PortRules
{
    private const string OutOfRange = "must be between 1 and 65535, inclusive";

    public static void Check(PortManifest port, FieldPath path, FieldErrorList errors)
    {
        if (port.Protocol is not null && !ProtocolText.TryParse(port.Protocol, out _))
            errors.NotSupported(path.Child("protocol"), port.Protocol, ["TCP", "UDP", "SCTP"]);

        if (port.PortNumber is { } number) CheckRange(number, port.EndPort, path, errors);
        else if (port.PortName is { } name)
        {
            if (port.EndPort is { } end) errors.Invalid(path.Child("endPort"), end, "may not be specified when `port` is non-numeric");
            errors.Invalid(path.Child("port"), name, NameFormat.PortName(name));
        }
        else if (port.EndPort is { } end) errors.Invalid(path.Child("endPort"), end, "may not be specified when `port` is not specified");
    }

    private static void CheckRange(int first, int? last, FieldPath path, FieldErrorList errors)
    {
        if (!IsPort(first)) errors.Invalid(path.Child("port"), first, OutOfRange);
        if (last is not { } end) return;
        if (end < first) errors.Invalid(path.Child("endPort"), end, "must be greater than or equal to `port`");
        if (!IsPort(end)) errors.Invalid(path.Child("endPort"), end, OutOfRange);
    }

    private static bool IsPort(int number) => number is >= 1 and <= 65535;
}
