using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>Numbers and the messages about them.</summary>
internal static class PortRange
{
    public const string OutOfRange = "must be between 1 and 65535, inclusive";

    /// <summary>A port number, or nothing.</summary>
    public static void Check(JsonField port, FieldErrorList errors)
    {
        if (port.Number is { } number && number is < 1 or > 65535) errors.InvalidJson(port.Path, $"{number}", OutOfRange);
    }

    /// <summary>A port number or the name of a port.</summary>
    public static void CheckNumberOrName(JsonField port, FieldErrorList errors)
    {
        if (port.Number is not null) Check(port, errors);
        else errors.Invalid(port.Path, port.Text, NameFormat.PortName(port.Text));
    }

    /// <summary>A number that may not be negative.</summary>
    public static void CheckNotNegative(JsonField field, FieldErrorList errors)
    {
        if (field.Number is < 0 and var number) errors.InvalidJson(field.Path, $"{number}", "must be greater than or equal to 0");
    }
}
