using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Selectors;

/// <summary>A label selector as it stands in requests: <c>app=web,tier!=db,env in (a,b),x notin (c),y,!z</c>.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#list-and-watch-filtering</remarks>
internal sealed class LabelRequirements
{
    private readonly ImmutableArray<Requirement> _requirements;

    private LabelRequirements(ImmutableArray<Requirement> requirements) => _requirements = requirements;

    private enum Operator
    {
        In,
        NotIn,
        Exists,
        DoesNotExist,
        GreaterThan,
        LessThan,
    }

    /// <summary>Reads a selector; null where it is empty and selects all.</summary>
    /// <exception cref="ApiException">It is malformed.</exception>
    public static LabelRequirements? Parse(string text)
    {
        var reader = new Reader(text);
        var all = ImmutableArray.CreateBuilder<Requirement>();
        if (reader.IsAtEnd) return null;
        while (true)
        {
            all.Add(ReadRequirement(ref reader));
            if (reader.IsAtEnd) return new LabelRequirements(all.ToImmutable());
            reader.Expect(",");
        }
    }

    /// <summary>Whether labels are as it demands.</summary>
    public bool Matches(Dictionary<string, string> labels)
    {
        foreach (var requirement in _requirements)
            if (!requirement.Matches(labels)) return false;
        return true;
    }

    private static Requirement ReadRequirement(ref Reader reader)
    {
        if (reader.TryTake("!")) return new Requirement(reader.Word("a label"), Operator.DoesNotExist, []);
        var key = reader.Word("a label");
        if (reader.IsAtEnd || reader.IsAt(',')) return new Requirement(key, Operator.Exists, []);
        if (reader.TryTake("==") || reader.TryTake("=")) return new Requirement(key, Operator.In, [reader.Value()]);
        if (reader.TryTake("!=")) return new Requirement(key, Operator.NotIn, [reader.Value()]);
        if (reader.TryTake(">")) return new Requirement(key, Operator.GreaterThan, [reader.Number()]);
        if (reader.TryTake("<")) return new Requirement(key, Operator.LessThan, [reader.Number()]);
        var word = reader.Word("an operator");
        if (word is not ("in" or "notin")) throw Reader.Malformed($"found '{word}', expected: in, notin, =, ==, !=, gt, lt");
        reader.Expect("(");
        var values = ImmutableArray.CreateBuilder<string>();
        do values.Add(reader.Value());
        while (reader.TryTake(","));
        reader.Expect(")");
        return new Requirement(key, word == "in" ? Operator.In : Operator.NotIn, values.ToImmutable());
    }

    private sealed record Requirement(string Key, Operator Operator, ImmutableArray<string> Values)
    {
        public bool Matches(Dictionary<string, string> labels)
        {
            var value = labels.GetValueOrDefault(Key);
            return Operator switch
            {
                Operator.In => value is not null && Values.Contains(value),
                Operator.NotIn => value is null || !Values.Contains(value),
                Operator.Exists => value is not null,
                Operator.DoesNotExist => value is null,
                Operator.GreaterThan => long.TryParse(value, out var number) && number > long.Parse(Values[0]),
                _ => long.TryParse(value, out var number) && number < long.Parse(Values[0]),
            };
        }
    }

    private ref struct Reader(string text)
    {
        private const string Stops = ",()!=<>";
        private int _at;

        public bool IsAtEnd
        {
            get
            {
                SkipSpace();
                return _at == text.Length;
            }
        }

        public bool IsAt(char c)
        {
            SkipSpace();
            return _at < text.Length && text[_at] == c;
        }

        public bool TryTake(string token)
        {
            SkipSpace();
            if (string.CompareOrdinal(text, _at, token, 0, token.Length) != 0) return false;
            _at += token.Length;
            return true;
        }

        public void Expect(string token)
        {
            if (!TryTake(token)) throw Malformed($"found '{(IsAtEnd ? "" : text[_at])}', expected: '{token}'");
        }

        public string Value()
        {
            SkipSpace();
            var start = _at;
            while (_at < text.Length && !Stops.Contains(text[_at]) && !char.IsWhiteSpace(text[_at])) _at++;
            return text[start.._at];
        }

        public string Word(string what)
        {
            var word = Value();
            return word.Length > 0 ? word : throw Malformed($"found '{(_at < text.Length ? text[_at] : "")}', expected: {what}");
        }

        public string Number()
        {
            var number = Value();
            return long.TryParse(number, out _) ? number : throw Malformed($"'{number}' is no whole number");
        }

        public static ApiException Malformed(string why) => Refusal.BadRequest($"unable to parse requirement: {why}");

        private void SkipSpace()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        }
    }
}
