using System.Diagnostics;
using System.Globalization;
using Ringfence.Bench.Reporting;
using Ringfence.Evidence.Probes;
using Ringfence.Lab;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures a lab of equal workloads, five pods each, that have a Service and admit each other's port.</summary>
internal sealed class LabMeasures(Report report, LabOptions options, int pods)
{
    private const int PodsOfWorkload = 5;
    private const int Port = 8000;
    private const int Probes = 2000;
    private const double TargetForTwoHundred = 10_000;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{pods} pods on {options.Nodes} nodes, {options.Families}");
        var input = Input(pods / PodsOfWorkload);
        var clock = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        var lab = await LabCluster.StartAsync(options, input, new Steps(clock), cancellation);
        try
        {
            var took = new Duration(clock.Elapsed.TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
            report.Add(name, "start", took, pods == 200 ? TargetForTwoHundred : null);
            report.Add(name, "memory of the process", Environment.WorkingSet / 1e6, "MB");
            report.Add(name, "memory of the kernel's objects", KernelMemory() / 1e6, "MB", note: "of the whole machine");

            clock.Restart();
            await Task.WhenAll(Enumerable.Range(0, Probes).Select(number => ProbeAsync(lab, number, cancellation)));
            report.Add(name, "probe", Probes / clock.Elapsed.TotalSeconds, "probes/s");

            clock.Restart();
            await lab.ApplyAsync(Input((pods / PodsOfWorkload) + 1), cancellation);
            report.Add(name, "add a workload of 5 pods", clock.Elapsed.TotalMilliseconds, "ms");
        }
        finally
        {
            clock.Restart();
            await lab.DisposeAsync();
            report.Add(name, "end", clock.Elapsed.TotalMilliseconds, "ms");
        }
    }

    private static async Task ProbeAsync(LabCluster lab, int number, CancellationToken cancellation)
    {
        var pods = lab.Pods.Values.Where(pod => pod.Pod.Namespace == "bench").ToList();
        ProbeEnd End(int index)
        {
            var pod = pods[index % pods.Count].Pod;
            return new ProbeEnd(pod.QualifiedName, pod.Addresses[0], IsPod: true);
        }

        const int Step = 7;
        var attempt = await lab.Prober.TryAsync(new Probe(End(number), End((number * Step) + 1), Protocol.Tcp, Port), TimeSpan.FromSeconds(10), cancellation);
        if (attempt.Observed != Observed.Answered) throw new InvalidOperationException($"a probe was {attempt.Observed}: {attempt.Detail}");
    }

    private static long KernelMemory()
    {
        var slab = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("Slab:", StringComparison.Ordinal));
        return long.Parse(slab.AsSpan("Slab:".Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
    }

    private static ClusterObjects Input(int workloads)
    {
        var names = Enumerable.Range(0, workloads).Select(number => string.Create(CultureInfo.InvariantCulture, $"app-{number}")).ToList();
        return ClusterObjects.Empty with
        {
            Workloads =
            [
                .. names.Select(name => new Workload
                {
                    WorkloadKind = "Deployment",
                    Namespace = "bench",
                    Name = name,
                    PodLabels = LabelSet.Of("app", name),
                    Network = new PodNetworkSpec([new("http", Port, Protocol.Tcp)], HostNetwork: false),
                    Replicas = PodsOfWorkload,
                }),
            ],
            Services =
            [
                .. names.Select(name => new Service
                {
                    Namespace = "bench",
                    Name = name,
                    Selector = LabelSet.Of("app", name),
                    Ports = [new("http", 80, Protocol.Tcp, new PortReference(Port, null), null)],
                }),
            ],
        };
    }

    private sealed class Steps(Stopwatch clock) : IProgress<string>
    {
        public void Report(string value) => Reporting.Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{clock.ElapsedMilliseconds,6} ms {value}"));
    }
}
