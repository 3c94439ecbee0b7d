using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Analysis.Expectations;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Expectations;

/// <summary>Cases of every form about a cluster.</summary>
internal static class RandomExpectations
{
    public static ExpectationCase Case(Dice dice, Snapshot snapshot)
    {
        var entries = Dice.Times(1 + dice.UpTo(2), () => Entry(dice, snapshot));
        return new ExpectationCase("x", [.. entries], default);
    }

    private static Expectation Entry(Dice dice, Snapshot snapshot)
    {
        var mode = dice.Pick(ExpectationMode.Allow, ExpectationMode.Deny, ExpectationMode.Only);
        var isElse = dice.Percent(25);
        var isSource = mode == ExpectationMode.Only || dice.Percent(50);
        return new Expectation(
            mode,
            [isElse && isSource ? new EveryoneEnd(true, "", default) : End(dice, snapshot)],
            [isElse && !isSource ? new EveryoneEnd(true, "", default) : End(dice, snapshot)],
            dice.Percent(40) ? [] : [.. Dice.Times(1 + dice.UpTo(1), () => Port(dice))],
            default);
    }

    private static ExpectedPort Port(Dice dice)
    {
        var first = dice.Pick<int>(Vocabulary.Ports);
        return new ExpectedPort(first, Math.Min(65535, first + (dice.Percent(30) ? 1000 : 0)), null, dice.Percent(50) ? null : dice.Pick<Protocol>(Vocabulary.Protocols));
    }

    private static ExpectedEnd End(Dice dice, Snapshot snapshot)
    {
        var pod = snapshot.Pods[dice.UpTo(snapshot.Pods.Length - 1)];
        switch (dice.UpTo(6))
        {
            case 0:
                return new EveryoneEnd(false, "", default);
            case 1:
                var prefix = dice.Pick(Prefix.Parse("203.0.113.0/24"), Prefix.Parse("0.0.0.0/1"), Prefix.Parse("198.51.100.7/32"), Prefix.Parse("0.0.0.0/0"));
                return new RangeEnd(new AddressRange(prefix.First, prefix.Last), "", default);
            case 2 or 3 when !pod.FromTemplate:
                return new NamedEnd(new NamedText("", null, pod.Pod.Namespace, "Pod", pod.Pod.Name), "", default);
            default:
                var labels = pod.Pod.Labels.ToList();
                var selector = labels.Count == 0 || dice.Percent(40) ? LabelSelector.Everything : LabelSelector.Label(labels[0].Key, labels[0].Value);
                return dice.Percent(70) ? new SelectedEnd(selector, pod.Pod.Namespace, null, "", default) : new SelectedEnd(selector, null, LabelSelector.Everything, "", default);
        }
    }
}
