using System.Buffers;
using System.Text;

namespace Ringfence.Model.Policies;

/// <summary>
/// The formats of names in Kubernetes. Each method returns what is wrong, one message a fault, nothing for a valid value. Lengths are
/// counted in UTF-8 bytes, also where the message says characters.
/// </summary>
/// <remarks>
/// staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go (object and port names) and pkg/api/validate/content (label keys and
/// values; these say bytes).
/// </remarks>
internal static class NameFormat
{
    private const string DnsLabelRegex = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string DnsSubdomainRegex = DnsLabelRegex + @"(\." + DnsLabelRegex + ")*";
    private const string LabelNameRegex = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

    private const string DnsLabelMessage =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
        + "character (e.g. 'my-name',  or '123-abc', regex used for validation is '" + DnsLabelRegex + "')";

    private const string DnsSubdomainMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is '" + DnsSubdomainRegex + "')";

    private const string Dns1035LabelMessage =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric "
        + "character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string LabelNameMessage =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '" + LabelNameRegex + "')";

    private const string LabelValueMessage =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(" + LabelNameRegex + ")?')";

    private static readonly SearchValues<char> s_lowerLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> s_dns = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> s_labelName =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>The name of most objects: an RFC 1123 subdomain of at most 253.</summary>
    public static IEnumerable<string> DnsSubdomain(string value) => DnsSubdomain(value, "characters");

    /// <summary>The name of a namespace: an RFC 1123 label of at most 63.</summary>
    public static IEnumerable<string> DnsLabel(string value)
    {
        if (Bytes(value) > 63) yield return TooLong(63, "characters");
        if (IsDnsLabel(value)) yield break;
        yield return IsDnsSubdomain(value) ? "must not contain dots" : DnsLabelMessage;
    }

    /// <summary>The name of a Service: an RFC 1035 label of at most 63.</summary>
    public static IEnumerable<string> Dns1035Label(string value)
    {
        if (Bytes(value) > 63) yield return TooLong(63, "characters");
        if (!IsDnsLabel(value) || !char.IsAsciiLetterLower(value[0])) yield return Dns1035LabelMessage;
    }

    /// <summary>The key of an entry of a ConfigMap or Secret, at most 253.</summary>
    public static IEnumerable<string> ConfigMapKey(string value)
    {
        if (Bytes(value) > 253) yield return TooLong(253, "characters");
        if (value.Length == 0 || value.AsSpan().ContainsAnyExcept(s_labelName))
            yield return "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', "
                + "regex used for validation is '[-._a-zA-Z0-9]+')";
        if (value is "." or "..") yield return $"must not be '{value}'";
        else if (value.StartsWith("..", StringComparison.Ordinal)) yield return "must not start with '..'";
    }

    /// <summary>The key of a label or annotation: a name of at most 63, after an optional subdomain and a slash.</summary>
    public static IEnumerable<string> LabelKey(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash != value.LastIndexOf('/'))
        {
            yield return $"a valid label key {LabelNameMessage} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            yield break;
        }

        if (slash == 0) yield return "prefix part must be non-empty";
        else if (slash > 0)
            foreach (var message in DnsSubdomain(value[..slash], "bytes"))
                yield return $"prefix part {message}";

        var name = value[(slash + 1)..];
        if (name.Length == 0) yield return "name part must be non-empty";
        else if (Bytes(name) > 63) yield return $"name part {TooLong(63, "bytes")}";
        if (!IsLabelName(name)) yield return $"name part {LabelNameMessage}";
    }

    /// <summary>The value of a label: empty or a name of at most 63.</summary>
    public static IEnumerable<string> LabelValue(string value)
    {
        if (Bytes(value) > 63) yield return TooLong(63, "bytes");
        if (value.Length > 0 && !IsLabelName(value)) yield return LabelValueMessage;
    }

    /// <summary>Whether <see cref="LabelKey"/> and <see cref="LabelValue"/> have nothing to say; quicker than they are.</summary>
    public static bool IsLabel(string key, string value)
    {
        var slash = key.LastIndexOf('/');
        var name = key.AsSpan(slash + 1);
        return (slash < 0 || (slash <= 253 && IsDnsSubdomain(key.AsSpan(0, slash))))
            && name.Length <= 63 && IsLabelName(name)
            && (value.Length == 0 || (value.Length <= 63 && IsLabelName(value)));
    }

    /// <summary>The name of a port (RFC 6335, lower case only), at most 15.</summary>
    public static IEnumerable<string> PortName(string value)
    {
        if (Bytes(value) > 15) yield return TooLong(15, "characters");
        if (value.Length == 0 || value.AsSpan().ContainsAnyExcept(s_dns))
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        if (!value.AsSpan().ContainsAny(s_lowerLetters)) yield return "must contain at least one letter (a-z)";
        if (value.Contains("--", StringComparison.Ordinal)) yield return "must not contain consecutive hyphens";
        if (value.StartsWith('-') || value.EndsWith('-')) yield return "must not begin or end with a hyphen";
    }

    private static IEnumerable<string> DnsSubdomain(string value, string unit)
    {
        if (Bytes(value) > 253) yield return TooLong(253, unit);
        if (!IsDnsSubdomain(value)) yield return DnsSubdomainMessage;
    }

    private static bool IsDnsSubdomain(ReadOnlySpan<char> value)
    {
        foreach (var label in value.Split('.'))
            if (!IsDnsLabel(value[label])) return false;
        return true;
    }

    private static bool IsDnsLabel(ReadOnlySpan<char> value) =>
        value.Length > 0 && value[0] != '-' && value[^1] != '-' && !value.ContainsAnyExcept(s_dns);

    private static bool IsLabelName(ReadOnlySpan<char> value) =>
        value.Length > 0 && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1])
        && !value.ContainsAnyExcept(s_labelName);

    private static int Bytes(string value) => Encoding.UTF8.GetByteCount(value);

    private static string TooLong(int max, string unit) => $"must be no more than {max} {unit}";
}
