using System.Text;

namespace Ringfence.Kubernetes.Tests;

/// <summary>Makes JSON of pods: mostly as an API server prints them, sometimes unusual, sometimes wrong.</summary>
internal sealed class RandomPods(int seed)
{
    private readonly Random _random = new(seed);
    private StringBuilder _text = new();
    private string _newLine = "\n";

    /// <summary>The chance of something unusual at each value, 0 to 1.</summary>
    public double Oddity { get; init; }

    public string Next(string kind = "Pod")
    {
        _text = new StringBuilder();
        _newLine = Chance(0.7) ? "\n        " : Chance(0.5) ? "" : "\r\n\t";
        Object(
            ("apiVersion", () => String("v1")),
            ("kind", () => String(kind)),
            ("metadata", Metadata),
            ("spec", Spec),
            ("status", Status));
        return _text.ToString();
    }

    private void Metadata() => Object(
        ("annotations", () => Object(("ringfence.dev/note", () => String("x")), ("cni/ip", () => String("a\\\"} b")), ("other", () => String("{[\\\\")))),
        ("creationTimestamp", () => _text.Append("null")),
        ("generateName", () => String("web-")),
        ("labels", () => Object(("app", () => String(Pick("web", "api", "db"))), ("tier", () => String("t")), ("a.b/c", () => String(Chance(Oddity) ? "é" : "e")))),
        ("name", () => String($"pod-{_random.Next(1000)}")),
        ("namespace", () => String(Pick("shop", "ml", ""))),
        ("ownerReferences", () => List(2, () => Object(
            ("apiVersion", () => String("apps/v1")),
            ("controller", () => _text.Append(Pick("true", "false"))),
            ("kind", () => String("ReplicaSet")),
            ("name", () => String(Pick("web-1", "web-2"))),
            ("uid", () => String("u"))))),
        ("managedFields", () => List(1, () => Object(("fieldsV1", () => Object(("f:x", () => Object())))))),
        ("uid", () => String("u")));

    private void Spec() => Object(
        ("containers", () => List(3, Container)),
        ("initContainers", () => List(2, Container)),
        ("hostNetwork", () => _text.Append(Pick("true", "false"))),
        ("dnsPolicy", () => String(Pick("ClusterFirst", "Default", "None"))),
        ("nodeName", () => String(Pick("n1", "n2", ""))),
        ("volumes", () => List(2, () => Object(("name", () => String("v[]{}")), ("emptyDir", () => Object())))),
        ("terminationGracePeriodSeconds", () => _text.Append("30")),
        ("tolerations", () => List(0, () => _text.Append('1'))));

    private void Container() => Object(
        ("name", () => String("c")),
        ("image", () => String(Chance(Oddity) ? "" : Pick("r.example/web:1", "api@sha256:0a", "vllm/vllm-openai:v0.6"))),
        ("env", () => List(2, () => Object(("name", () => String("A\\u0041")), ("value", () => String("}]\\\\"))))),
        ("ports", () => List(3, () => Object(
            ("containerPort", () => _text.Append(Chance(Oddity) ? Pick("0", "70000", "\"80\"", "80.0", "-1", "1e2", "080") : Pick("80", "443", "65535"))),
            ("hostPort", () => _text.Append("8080")),
            ("name", () => String(Pick("http", "dns", ""))),
            ("protocol", () => String(Chance(Oddity) ? "tcp" : Pick("TCP", "UDP", "SCTP")))))),
        ("resources", () => Object()));

    private void Status() => Object(
        ("conditions", () => List(2, () => Object(("type", () => String("Ready")), ("status", () => String("True"))))),
        ("hostIP", () => String("192.168.0.1")),
        ("hostIPs", () => List(2, () => Object(("ip", () => String(Pick("192.168.0.1", "fd00::1")))))),
        ("phase", () => String(Chance(Oddity) ? "Sleeping" : Pick("Running", "Pending", "Succeeded", "Failed", "Unknown"))),
        ("podIP", () => String(Chance(Oddity) ? "10.0.0.300" : Pick("10.0.0.1", "", "::ffff:10.0.0.2"))),
        ("podIPs", () => List(3, () => Object(("ip", () => String(Pick("10.0.0.1", "fd00::2", "10.0.0.2")))))));

    private void Object(params (string Key, Action Value)[] fields)
    {
        _text.Append('{');
        var isFirst = true;
        foreach (var (key, value) in Chance(0.1) ? fields.OrderBy(_ => _random.Next()).ToArray() : fields)
        {
            if (key is not ("name" or "apiVersion" or "kind" or "containerPort") && Chance(0.2)) continue;
            for (var repeat = Chance(Oddity / 4) ? 2 : 1; repeat > 0; repeat--)
            {
                if (!isFirst) _text.Append(',');
                isFirst = false;
                _text.Append(_newLine);
                String(Chance(Oddity / 4) ? key + "X" : key);
                _text.Append(": ");
                if (key == "name") value();
                else Value(value);
            }
        }

        _text.Append(_newLine).Append('}');
    }

    private void List(int most, Action value)
    {
        _text.Append('[');
        for (var i = 0; i < _random.Next(most + 1); i++)
        {
            if (i > 0) _text.Append(',');
            _text.Append(_newLine);
            Value(value);
        }

        _text.Append(']');
    }

    private void Value(Action value)
    {
        if (Chance(Oddity / 4)) _text.Append(Pick("null", "1", "true", "\"x\"", "{}", "[]", "1.5"));
        else value();
    }

    private void String(string content) => _text.Append('"').Append(content).Append('"');

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
