using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Text.RegularExpressions;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>The formats of texts that are checked. Others are taken as they are, as the API server does.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation</remarks>
internal static partial class CustomFormats
{
    /// <summary>Whether a text is of a format; true for one that is not checked.</summary>
    public static bool Matches(string format, string text) => format switch
    {
        "date-time" or "datetime" => text.Length >= 20 && text[10] is 'T' or 't' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "duration" => Duration().IsMatch(text),
        "ipv4" => text.Contains('.', StringComparison.Ordinal) && !text.Contains(':', StringComparison.Ordinal) && text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out _),
        "ipv6" => text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text, out _),
        "cidr" => IPNetwork.TryParse(text, out _) || IsAddressWithLength(text),
        "mac" => PhysicalAddress.TryParse(text, out var address) && address.GetAddressBytes().Length >= 6,
        "uuid" or "uuid3" or "uuid4" or "uuid5" => Guid.TryParse(text, out _),
        "byte" => Convert.TryFromBase64String(text, new byte[(text.Length / 4 * 3) + 3], out _),
        "hostname" => text.Length <= 255 && HostName().IsMatch(text),
        "uri" => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var uri) && (uri.IsAbsoluteUri || text.StartsWith('/')),
        "email" => System.Net.Mail.MailAddress.TryCreate(text, out _),
        _ => true,
    };

    // A host's address with its network's length is a CIDR to Go.
    private static bool IsAddressWithLength(string text)
    {
        var at = text.IndexOf('/', StringComparison.Ordinal);
        return at > 0 && IPAddress.TryParse(text[..at], out var address)
            && byte.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= address.GetAddressBytes().Length * 8;
    }

    [GeneratedRegex(@"^([-+]?([0-9]*\.?[0-9]+(h|ms|m|s|us|µs|ns))+|0|[0-9]+ ?(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s))\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Duration();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex HostName();
}
