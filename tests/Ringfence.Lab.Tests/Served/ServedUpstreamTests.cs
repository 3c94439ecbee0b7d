using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringfence.Engine.Tests.Corpus;
using Ringfence.Lab.Tests.Corpus;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Served;

/// <summary>The lab that the tables share; its pods are always there.</summary>
public sealed class TableLab : IAsyncLifetime
{
    private static readonly ImmutableArray<string> Spaces = ["x", "y", "z"];
    private static readonly ImmutableArray<string> Names = ["a", "b", "c"];

    private static readonly ImmutableArray<ContainerPort> Ports =
    [
        .. from port in new[] { 80, 81 }
           from protocol in new[] { Protocol.Tcp, Protocol.Udp, Protocol.Sctp }
           select new ContainerPort($"serve-{port}-{protocol.ToText().ToLowerInvariant()}", port, protocol),
    ];

    internal ServedLabs? Lab { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess || CorpusFolder.Find("upstream-e2e") is null) return;
        var cancellation = TestContext.Current.CancellationToken;
        Lab = await ServedLabs.StartAsync(new LabOptions { Name = "tables", Nodes = 3 }, cancellation);
        foreach (var (space, place) in Spaces.Select((space, place) => (space, place)))
        {
            Lab.Api.Create(ServedLabs.Namespaces, new JsonObject { ["metadata"] = new JsonObject { ["name"] = space } });
            foreach (var (name, number) in Names.Select((name, number) => (name, number)))
                Lab.Api.Create(ServedLabs.Pods, ServedLabs.Pod(space, name, $"node-{1 + ((place + number) % 3)}", Ports, ("pod", name)));
        }

        await Lab.AwaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (Lab is not null) await Lab.DisposeAsync();
    }

    /// <summary>Makes it again what it was before the first case.</summary>
    internal void Reset()
    {
        foreach (var policy in Lab!.Api.List(ServedLabs.Policies).Items) Lab.Api.Delete(ServedLabs.Policies, policy.Namespace, policy.Name);
        foreach (var space in Spaces)
        {
            SetLabels(ServedLabs.Namespaces, "", space, ServedLabs.Labels(("kubernetes.io/metadata.name", space)));
            foreach (var name in Names) SetLabels(ServedLabs.Pods, space, name, ServedLabs.Labels(("pod", name)));
        }
    }

    /// <summary>Does one action of a case.</summary>
    internal void Do(JsonElement action)
    {
        var (verb, arguments) = (action.EnumerateObject().Single().Name, action.EnumerateObject().Single().Value);
        var api = Lab!.Api;
        switch (verb)
        {
            case "createPolicy":
                api.Create(ServedLabs.Policies, Policy(arguments));
                break;
            case "updatePolicy":
                var changed = Policy(arguments);
                var metadata = changed["metadata"]!;
                api.Update(ServedLabs.Policies, (string)metadata["namespace"]!, (string)metadata["name"]!, old =>
                {
                    old["spec"] = changed["spec"]!.DeepClone();
                    return old;
                });
                break;
            case "deleteAllPolicies":
                foreach (var policy in api.List(ServedLabs.Policies).Items) api.Delete(ServedLabs.Policies, policy.Namespace, policy.Name);
                break;
            case "addNamespaceLabel":
                AddLabels(ServedLabs.Namespaces, "", arguments);
                break;
            case "addPodLabels":
                AddLabels(ServedLabs.Pods, arguments.GetProperty("namespace").GetString()!, arguments);
                break;
            case "sleepSeconds":
                break;
            default:
                throw new InvalidDataException($"the corpus has an action that is not known here: {verb}");
        }
    }

    private void AddLabels(Kubernetes.ApiServer.ResourceType type, string @namespace, JsonElement arguments) =>
        Lab!.Api.Update(type, @namespace, arguments.GetProperty("name").GetString()!, value =>
        {
            foreach (var label in arguments.GetProperty("labels").EnumerateObject()) value["metadata"]!["labels"]![label.Name] = label.Value.GetString();
            return value;
        });

    private void SetLabels(Kubernetes.ApiServer.ResourceType type, string @namespace, string name, JsonObject labels) => Lab!.Api.Update(type, @namespace, name, value =>
    {
        value["metadata"]!["labels"] = labels.DeepClone();
        return value;
    });

    // What a case says of a pod's address is of the address that it has here.
    private JsonObject Policy(JsonElement policy) => (JsonObject)JsonNode.Parse(Regex.Replace(
        policy.GetRawText(), @"\$\{(?<what>hostCIDR|slash4):(?<pod>[^}]+)\}",
        match => new Prefix(Lab!.Lab.Cluster.Pods[match.Groups["pod"].Value].Pod.Addresses[0], match.Groups["what"].Value == "slash4" ? 4 : 32).ToString(),
        RegexOptions.None, TimeSpan.FromSeconds(1)))!;
}

/// <summary>The truth tables of Kubernetes' own end-to-end suite, driven through the API, enforced by agents that follow it, tried with real packets.</summary>
public sealed class ServedUpstreamTests(TableLab lab) : IClassFixture<TableLab>
{
    private static readonly ImmutableSortedDictionary<string, JsonElement> Cases = UpstreamCases.Read();

    public static TheoryData<string> Names => [.. Cases.Keys.DefaultIfEmpty(CorpusFolder.Missing)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Table_OfTheEndToEndSuite_IsWhatPacketsDo(string name)
    {
        CorpusFolder.Need("upstream-e2e");
        Root.IsNeeded();
        var cancellation = TestContext.Current.CancellationToken;
        var item = Cases[name];
        var pods = UpstreamCases.Strings(item.GetProperty("pods")).ToHashSet();
        lab.Reset();
        foreach (var step in item.GetProperty("steps").EnumerateArray())
        {
            foreach (var action in step.GetProperty("actions").EnumerateArray()) lab.Do(action);
            await lab.Lab!.AwaitAsync(cancellation);
            foreach (var probe in step.GetProperty("probes").EnumerateArray())
            {
                var (protocol, port) = (CorpusWorld.ProtocolOf(probe.GetProperty("protocol").GetString()!), probe.GetProperty("port").GetInt32());
                var denied = probe.GetProperty("denied").EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetString()!)).ToHashSet();
                Assert.Empty(await PacketTable.DifferencesAsync(
                    lab.Lab.Lab.Cluster, [(protocol, port)], (source, destination, _, _) => !denied.Contains((source, destination)), cancellation, pods.Contains));
            }
        }
    }
}
