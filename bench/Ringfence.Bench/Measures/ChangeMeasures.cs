using Ringfence.Bench.Reporting;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures changes of a compiled cluster one by one, and compares what comes out with a rebuild.</summary>
internal sealed class ChangeMeasures(Report report, string name, Reachability reachability, ClusterObjects objects)
{
    private const int Events = 4_000;
    private const int WarmUp = 500;
    private readonly Random _random = new(11);
    private readonly List<Pod> _pods = [.. objects.Pods.Where(pod => !pod.IsFinished && !pod.Network.HostNetwork && !pod.Addresses.IsEmpty)];
    private readonly List<NetworkPolicy> _policies = [.. objects.NetworkPolicies];
    private int _serial;

    public void Run()
    {
        Pods("pod event, known signature", Targets.KnownPodMicroseconds, Twin);
        Pods("pod event, new class", Targets.NewClassMicroseconds, Stranger);
        Policies();
        Compare();
    }

    /// <summary>Half of the events add a pod, the other half take it away again; all count.</summary>
    private void Pods(string what, double target, Func<Pod> make)
    {
        var latencies = new Latencies(Events);
        for (var i = 0; i < (WarmUp + Events) / 2; i++)
        {
            var pod = make();
            var (added, removed) = (new Change(pod, Removed: false), new Change(pod, Removed: true));
            if (i < WarmUp / 2)
            {
                reachability.Apply(added);
                reachability.Apply(removed);
                continue;
            }

            latencies.Time(() => reachability.Apply(added));
            latencies.Time(() => reachability.Apply(removed));
        }

        Add(what, latencies, target);
    }

    private void Policies()
    {
        if (_policies.Count == 0) return;
        var latencies = new Latencies(Events);
        for (var i = 0; i < WarmUp + Events; i++)
        {
            var index = _random.Next(_policies.Count);
            var (before, after) = (_policies[index], Edit(_policies[index]));
            var change = after is null ? new Change(before, Removed: true) : new Change(after, Removed: false);
            if (i < WarmUp) reachability.Apply(change);
            else latencies.Time(() => reachability.Apply(change));
            if (after is not null) _policies[index] = after;
            else reachability.Apply(new Change(before, Removed: false));
        }

        Add("policy edit", latencies, Targets.PolicyEditMicroseconds);
    }

    /// <summary>A change as people make them: other pods, another port, another peer, one rule fewer; null for a removal.</summary>
    private NetworkPolicy? Edit(NetworkPolicy policy)
    {
        var other = _policies[_random.Next(_policies.Count)];
        return _random.Next(5) switch
        {
            0 => policy with { PodSelector = other.PodSelector },
            1 => policy with { Ingress = [.. policy.Ingress.Select(rule => rule with { Ports = [new PolicyPort(Protocol.Tcp, null, 8080, 8080 + _random.Next(3), default)] })] },
            2 => policy with { Ingress = other.Ingress },
            3 => policy with { Egress = other.Egress, AffectsEgress = other.AffectsEgress },
            _ => null,
        };
    }

    private void Add(string what, Latencies latencies, double target)
    {
        report.Add(name, $"{what}, p50", latencies.Percentile(50), "µs");
        report.Add(name, $"{what}, p99", latencies.Percentile(99), "µs", target);
        report.Add(name, $"{what}, slowest", latencies.Percentile(100), "µs", note: $"of {Events:#,0}");
    }

    private Pod Twin() => AnyPod() with { Name = $"twin-{_serial++}", Addresses = [NextAddress()] };

    private Pod Stranger()
    {
        // Labels that selectors mention, in a mixture that no pod of the namespace has yet.
        var (a, b) = (AnyPod(), AnyPod());
        var labels = a.Labels.With("app", b.Labels["app"] ?? "app").With("tier", b.Labels["tier"] ?? "tier")
            .With("app.kubernetes.io/instance", b.Labels["app.kubernetes.io/instance"] ?? "instance");
        return a with { Name = $"stranger-{_serial++}", Labels = labels, Addresses = [NextAddress()] };
    }

    private Pod AnyPod() => _pods[_random.Next(_pods.Count)];

    private Address NextAddress() => new(IpFamily.V4, 0x0AF00000u + (uint)_serial);

    private void Compare()
    {
        // The changed form must not be asked for its snapshot, which would make it anew: pods are looked up by name.
        var rebuilt = Reachability.Compile(Snapshot.Create(objects with { NetworkPolicies = [.. _policies] }));
        const int Samples = 200_000;
        var differences = 0;
        for (var i = 0; i < Samples; i++)
        {
            var (source, destination) = (AnyPod(), AnyPod());
            var (changed, expected) = (Between(reachability, source, destination), Between(rebuilt, source, destination));
            if (changed == expected) continue;
            differences++;
            Report.Progress($"{name}: {source.QualifiedName} to {destination.QualifiedName}: {changed} after changes, {expected} after a rebuild");
        }

        report.Add(name, "differences after changes", differences, "", 0, $"of {Samples:#,0} pairs, against a rebuild");
    }

    private static Reach Between(Reachability form, Pod source, Pod destination) =>
        form.Between(Party.OfPod(form.FindPod(source.Namespace, source.Name)), Party.OfPod(form.FindPod(destination.Namespace, destination.Name)));
}
