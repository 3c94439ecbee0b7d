using Ringfence.Lab.Names;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Names;

public class ClusterNamesTests
{
    private readonly ClusterNames _names = ClusterNames.Of(SmallCluster.State, SmallCluster.Outside);

    [Theory]
    [InlineData("web.shop.svc.cluster.local", "A", "10.96.0.20")]
    [InlineData("web.shop.svc.cluster.local", "Aaaa", "fd00:10:96::20")]
    [InlineData("db.shop.svc.cluster.local", "A", "10.244.1.5 10.244.2.5")]
    [InlineData("db-0.db.shop.svc.cluster.local", "A", "10.244.1.5")]
    [InlineData("10-244-2-5.db.shop.svc.cluster.local", "A", "10.244.2.5")]
    [InlineData("10-244-1-9.web.shop.svc.cluster.local", "A", "10.244.1.9")]
    [InlineData("10-244-1-9.shop.pod.cluster.local", "A", "10.244.1.9")]
    [InlineData("fd00-10-244--9.shop.pod.cluster.local", "Aaaa", "fd00:10:244::9")]
    [InlineData("_http._tcp.web.shop.svc.cluster.local", "Srv", "100 80 web.shop.svc.cluster.local")]
    [InlineData("_pg._tcp.db.shop.svc.cluster.local", "Srv", "50 5432 db-0.db.shop.svc.cluster.local|50 5432 db-1.db.shop.svc.cluster.local")]
    [InlineData("web.shop.svc.cluster.local", "Srv", "100 80 web.shop.svc.cluster.local")]
    [InlineData("20.0.96.10.in-addr.arpa", "Ptr", "web.shop.svc.cluster.local")]
    [InlineData("5.1.244.10.in-addr.arpa", "Ptr", "db-0.db.shop.svc.cluster.local")]
    [InlineData("0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa", "Ptr", "web.shop.svc.cluster.local")]
    [InlineData("bare.shop.svc.cluster.local", "A", "10.244.7.7")]
    [InlineData("llm.shop.svc.cluster.local", "Cname", "llm.example.net")]
    [InlineData("llm.shop.svc.cluster.local", "A", "192.0.2.10 llm.example.net")]
    [InlineData("example.com", "A", "203.0.113.10")]
    [InlineData("cluster.local", "Ns", "ns.dns.cluster.local")]
    [InlineData("dns-version.cluster.local", "Txt", "1.1.0")]
    public void Find_KnownName_HasRecords(string name, string type, string expected)
    {
        var answer = _names.Find(name, Enum.Parse<DnsType>(type));

        Assert.Equal(DnsStatus.NoError, answer.Status);
        Assert.Equal(expected, string.Join(type == "Srv" ? '|' : ' ', answer.Answers.Select(record => Text(record.Record)).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("db.shop.svc.cluster.local", "Aaaa")]
    [InlineData("shop.svc.cluster.local", "A")]
    [InlineData("_tcp.web.shop.svc.cluster.local", "A")]
    [InlineData("svc.cluster.local", "A")]
    [InlineData("cluster.local", "A")]
    [InlineData("10-244-1-9.shop.pod.cluster.local", "Aaaa")]
    [InlineData("example.net", "A")]
    [InlineData("metadata.google.internal", "Aaaa")]
    [InlineData("", "Ns")]
    public void Find_NameWithoutRecordsOfTheType_ExistsAndHasNone(string name, string type)
    {
        var answer = _names.Find(name, Enum.Parse<DnsType>(type));

        Assert.Equal((DnsStatus.NoError, 0), (answer.Status, answer.Answers.Length));
    }

    [Theory]
    [InlineData("web.shop", true)]
    [InlineData("nothing.shop.svc.cluster.local", true)]
    [InlineData("web.nowhere.svc.cluster.local", true)]
    [InlineData("empty.shop.svc.cluster.local", true)]
    [InlineData("10-244-1.shop.pod.cluster.local", true)]
    [InlineData("10-244-1-9.nowhere.pod.cluster.local", true)]
    [InlineData("_nothing._tcp.web.shop.svc.cluster.local", true)]
    [InlineData("web\uffffshop.svc.cluster.local", true)]
    [InlineData("9.9.9.10.in-addr.arpa", true)]
    [InlineData("openai.com", false)]
    public void Find_UnknownName_DoesNotExist(string name, bool isOwn)
    {
        var answer = _names.Find(name, DnsType.A);

        Assert.Equal(DnsStatus.NameError, answer.Status);
        Assert.Equal(isOwn && name != "web.shop", answer.IsAuthoritative);
        Assert.Equal(answer.IsAuthoritative ? 1 : 0, answer.Authority.Length);
    }

    [Fact]
    public void Find_ServiceRecord_BringsTheAddresses()
    {
        var additional = _names.Find("_http._tcp.web.shop.svc.cluster.local", DnsType.Srv).Additional;

        Assert.Equal(["10.96.0.20", "fd00:10:96::20"], additional.Select(record => Text(record.Record)));
    }

    [Fact]
    public void Find_AliasesInACircle_End()
    {
        var state = new ClusterObjects
        {
            Services =
            [
                new Service { Namespace = "shop", Name = "a", Type = "ExternalName", ExternalName = "b.shop.svc.cluster.local" },
                new Service { Namespace = "shop", Name = "b", Type = "ExternalName", ExternalName = "a.shop.svc.cluster.local" },
            ],
        };

        Assert.NotEmpty(ClusterNames.Of(state, []).Find("a.shop.svc.cluster.local", DnsType.A).Answers);
    }

    private static string Text(DnsRecord record) => record switch
    {
        AddressRecord address => address.Address.ToString(),
        NameRecord name => name.Target,
        ServiceRecord service => $"{service.Weight} {service.Port} {service.Target}",
        TextRecord text => text.Text,
        _ => record.ToString(),
    };
}
