namespace Ringfence.Model.Decoding;

/// <summary>Says in plain words what the YAML parser found.</summary>
internal static class YamlFaults
{
    public const string Tab = "a tab cannot indent, use spaces";
    public const string Unbalanced = "it cannot be understood from here on; look for a bracket, brace or quote without its partner";

    // A part of the parser's message, and what it mostly means.
    private static readonly (string Part, string Words)[] Known =
    [
        ("tab as indentation", Tab),
        ("tab character that violate", Tab),
        ("found invalid mapping", "a second colon in a value without quotes; put the value in quotes, or mend the indentation"),
        ("Mapping values are not allowed", "a key is not allowed here; check the indentation, and put a value that has a colon in quotes"),
        ("Block sequence entries are not allowed", "a list entry is not allowed here; check the indentation"),
        ("did not find expected key", "expected 'key: value' at the indentation of the keys before it"),
        ("did not find expected '-' indicator", "expected a list entry (-) at the indentation of the entries before it"),
        ("did not find expected ',' or ']'", "a list in brackets is not closed: expected ',' or ']'"),
        ("did not find expected ',' or '}'", "a mapping in braces is not closed: expected ',' or '}'"),
        ("could not find expected ':'", "this line has no colon after its key"),
        ("quoted scalar, found unexpected", "a quote is not closed"),
        ("did not find expected node content", "a value is missing here, or a bracket or brace has no partner"),
        ("cannot start any token", "no value can begin with this character; put it in quotes"),
        ("Did not find expected <document start>", "something follows where the document has ended; check the indentation, brackets and braces"),
        ("unknown escape character", "unknown escape after \\ in double quotes; write \\\\ for a backslash, or use single quotes"),
    ];

    public static string InPlainWords(string message)
    {
        foreach (var (part, words) in Known)
            if (message.Contains(part, StringComparison.Ordinal)) return words;
        return message.Length == 0 ? Unbalanced : char.ToLowerInvariant(message[0]) + message[1..];
    }
}
