using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>Values on one line, in the style of YAML between brackets or as JSON.</summary>
internal static class FlowText
{
    /// <summary>A value, given as block YAML.</summary>
    /// <exception cref="EditException">It is not YAML.</exception>
    public static string Of(string value, bool isJson) =>
        YamlReader.Read(Encoding.UTF8.GetBytes(value)).FirstOrDefault().Root is { } root ? Of(root, isJson) : throw new EditException("the new value is not YAML");

    /// <summary>A string.</summary>
    public static string Scalar(string text, bool isJson) =>
        isJson ? $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"" : YamlScalars.Write(text);

    private static string Of(Node node, bool isJson) => node switch
    {
        MappingNode mapping => $"{{{string.Join(", ", mapping.Entries.Select(entry => $"{Scalar(entry.Key, isJson)}: {Of(entry.Value, isJson)}"))}}}",
        SequenceNode list => $"[{string.Join(", ", list.Items.Select(item => Of(item, isJson)))}]",
        ScalarNode { Kind: ScalarKind.Text } text => Scalar(text.Text, isJson),
        _ => ((ScalarNode)node).Text,
    };
}
