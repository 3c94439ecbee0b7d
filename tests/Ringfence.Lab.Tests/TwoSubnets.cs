using System.Diagnostics;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Evidence.Probes;
using Ringfence.Lab.Sockets;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests;

/// <summary>A client and a server with a router between them: 10.9.0.2 and fd09::2 on one side, 10.9.1.2 and fd09:1::2 on the other.</summary>
public sealed class TwoSubnets : IDisposable
{
    public static readonly Address ClientAddress = Address.Parse("10.9.0.2");
    public static readonly Address ClientAddress6 = Address.Parse("fd09::2");
    public static readonly Address ServerAddress = Address.Parse("10.9.1.2");
    public static readonly Address ServerAddress6 = Address.Parse("fd09:1::2");

    // Link-local addresses cannot speak for a second or two while the kernel looks for others that have them.
    // The kernel keeps back all but the first few ICMP errors of a second, and a refused probe would look dropped.
    private const string Switches = """
        echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
        echo 0 > /proc/sys/net/ipv4/icmp_ratemask
        echo 0 > /proc/sys/net/ipv6/icmp/ratelimit
        """;

    private readonly List<IDisposable> _opened = [];

    public TwoSubnets()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        (Client, Router, Server) = (NetworkNamespace.Create(), NetworkNamespace.Create(), NetworkNamespace.Create());
        Prober = new SocketProber(end => end.Name == "nobody" ? null : Client);
        foreach (var end in new[] { Client, Server }) Run(end, Switches);
        Run(Router,
            $"""
            {Switches}
            ip link set lo up
            echo 1 > /proc/sys/net/ipv4/ip_forward
            echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
            ip link add client type veth peer name eth0 netns {Client.Path}
            ip link add server type veth peer name eth0 netns {Server.Path}
            ip address add 10.9.0.1/24 dev client
            ip address add 10.9.1.1/24 dev server
            ip address add fd09::1/64 dev client nodad
            ip address add fd09:1::1/64 dev server nodad
            ip link set client up
            ip link set server up
            """);
        Join(Client, "10.9.0", "fd09::");
        Join(Server, "10.9.1", "fd09:1::");
    }

    public NetworkNamespace Client { get; }

    public NetworkNamespace Router { get; }

    public NetworkNamespace Server { get; }

    public SocketProber Prober { get; }

    public static string Run(NetworkNamespace network, string script) => network.Run(() =>
    {
        var start = new ProcessStartInfo("sh", ["-ec", script]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var shell = Process.Start(start)!;
        var complaint = shell.StandardError.ReadToEndAsync();
        var text = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, $"exit code {shell.ExitCode}: {complaint.Result}");
        return text;
    });

    /// <summary>Keeps something until the test has ended.</summary>
    public T Keep<T>(T opened)
        where T : IDisposable
    {
        _opened.Add(opened);
        return opened;
    }

    public Task<Attempt> ProbeAsync(Protocol protocol, int port, string? to = null, int milliseconds = 60_000)
    {
        var destination = to is null ? ServerAddress : Address.Parse(to);
        var source = destination.Family == IpFamily.V4 ? ClientAddress : ClientAddress6;
        var probe = new Probe(new ProbeEnd("here/client", source, IsPod: true), new ProbeEnd("there/server", destination, IsPod: true), protocol, port);
        return Prober.TryAsync(probe, TimeSpan.FromMilliseconds(milliseconds), TestContext.Current.CancellationToken);
    }

    /// <summary>Rules of the router's forward chain.</summary>
    public void Filter(string rules) => Run(Router,
        $$"""
        nft -f - <<'END'
        table inet between
        delete table inet between
        table inet between {
            chain forward {
                type filter hook forward priority filter
                ct state established,related accept
                {{rules}}
            }
        }
        END
        """);

    public void Dispose()
    {
        Prober.Dispose();
        foreach (var opened in _opened) opened.Dispose();
        foreach (var network in new[] { Client, Router, Server }) network.Dispose();
    }

    private static void Join(NetworkNamespace network, string v4, string v6) => Run(network,
        $"""
        ip link set lo up
        ip link set eth0 up
        ip address add {v4}.2/24 dev eth0
        ip address add {v6}2/64 dev eth0 nodad
        ip route add default via {v4}.1
        ip -6 route add default via {v6}1
        """);
}
