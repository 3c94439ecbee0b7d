using System.Text;

namespace Ringfence.Kubernetes.Tests;

/// <summary>Damaged input of every sort: the reader always ends, and never throws.</summary>
public class FuzzTests
{
    private const string Yaml = """
        # comment
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: "a", namespace: b, labels: &l {x: 'y'}}
        spec:
          podSelector: {matchLabels: *l}
          ingress:
          - from:
            - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
            ports: [{port: 80, endPort: 90, protocol: TCP}]
        ---
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: Pod
          metadata: {name: p}
          spec:
            containers:
            - name: c
              command: ["sh", "-c", "a {{ b }}"]
              args:
              - |
                text
                  more
              - >-
                folded
              ports: [{containerPort: 0x50}]
        """;

    private static readonly string[] Parts =
        ["{", "}", "[", "]", ":", "- ", "\n", "\t", "  ", "\"", "'", "&a ", "*a", "<<: ", "---\n", "...\n", "|", ">", "#", "!", "%YAML 1.1\n", "\0", "\u00e9", "\ud83d\ude00", "? ", ",", "null", "1e999", "@", "`", "\\", "{{ ", " }}", "\r", "\ufeff", "\u0085"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_MutatedInput_AlwaysEndsAndNeverThrows(int seed)
    {
        var random = new Random(seed);
        var pods = new RandomPods(seed) { Oddity = 0.05 };
        for (var round = 0; round < 700; round++)
        {
            var text = round % 2 == 0 ? Yaml : $$"""{"apiVersion": "v1", "kind": "List", "items": [{{pods.Next()}}, {{pods.Next()}}]}""";
            var bytes = Mutate(Encoding.UTF8.GetBytes(text).ToList(), random);
            var set = Manifests.Read(bytes);
            Assert.All(set.Diagnostics, diagnostic => Assert.True(diagnostic.Location.Line > 0 && diagnostic.Location.Column > 0, diagnostic.ToString()));
            Assert.All(set.Objects.NetworkPolicies, policy => Assert.NotEqual(0, policy.Location.Line));
        }
    }

    private static byte[] Mutate(List<byte> text, Random random)
    {
        for (var changes = random.Next(1, 6); changes > 0 && text.Count > 1; changes--)
        {
            var at = random.Next(text.Count);
            var length = Math.Min(random.Next(1, 40), text.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    text.RemoveRange(at, length);
                    break;
                case 1:
                    text.InsertRange(random.Next(text.Count), text.GetRange(at, length));
                    break;
                case 2:
                    text[at] = (byte)random.Next(256);
                    break;
                case 3:
                    text.RemoveRange(at, text.Count - at);
                    break;
                default:
                    text.InsertRange(at, Encoding.UTF8.GetBytes(Parts[random.Next(Parts.Length)]));
                    break;
            }
        }

        return [.. text];
    }
}
