using System.Text;
using Ringfence.Analysis.Endpoints;
using Ringfence.Analysis.Expectations;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Expectations;

public sealed class ExpectationReaderTests
{
    private const string Head = "apiVersion: ringfence.dev/v1alpha1\nkind: Expectations\n";

    [Fact]
    public void Read_EveryForm_IsUnderstood()
    {
        var set = Read(Head + """
            manifests: [., ../shared]
            namespace: ai
            cases:
            - name: the database is for the API alone
              only:
              - from: api
                to: db
                ports: [6333, 6334/tcp, 8000-8010/udp, http]
            - name: others
              allow:
              - from: {namespace: ops, pods: "app in (a,b)"}
                to: svc/kube-system/kube-dns
              deny:
              - from: [external, {pods: tier=web}, {namespaces: team=x}, {workload: sts/cache}]
                to: {cidr: 10.0.0.0/8}
              - from: everyone-else
                to: {service: shop/web}
            """).Set!;

        Assert.Equal([".", "../shared"], set.Manifests);
        Assert.Equal("ai", set.Namespace);
        var (only, others) = (Assert.Single(set.Cases[0].Expectations), set.Cases[1].Expectations);
        Assert.Equal(ExpectationMode.Only, only.Mode);
        Assert.Equal(new NamedText("ai/api", null, "ai", null, "api"), Assert.IsType<NamedEnd>(Assert.Single(only.From)).Endpoint);
        Assert.Equal(["6333", "6334/tcp", "8000-8010/udp", "http"], only.Ports.Select(port => port.ToString()));
        Assert.Equal([ExpectationMode.Allow, ExpectationMode.Deny, ExpectationMode.Deny], others.Select(one => one.Mode));
        Assert.Equal("pods app in (a,b) of namespace ops", Assert.Single(others[0].From).Text);
        Assert.Equal(["external", "pods tier=web of namespace ai", "pods of namespaces team=x", "sts/cache"], others[1].From.Select(end => end.Text));
        Assert.Equal("10.0.0.0/8", Assert.Single(others[1].To).Text);
        Assert.True(Assert.IsType<EveryoneEnd>(Assert.Single(others[2].From)).Else);
        Assert.Equal("svc/shop/web", Assert.Single(others[2].To).Text);
        Assert.Equal(new Location("test.yaml", 8, 5, 10), only.Location);
    }

    [Fact]
    public void Read_Json_IsUnderstoodToo() =>
        Assert.NotNull(Read("""{"apiVersion":"ringfence.dev/v1alpha1","kind":"Expectations","cases":[{"name":"x","deny":[{"from":"a","to":"b","ports":80}]}]}""").Set);

    [Theory]
    [InlineData("", "test.yaml:1:1", "there is nothing in it")]
    [InlineData("- a", "test.yaml:1:1", "got a list")]
    [InlineData("kind: Expectation\napiVersion: ringfence.dev/v1alpha1", "test.yaml:1:7", "kind: expected Expectations, got the string \"Expectation\"")]
    [InlineData("kind: Expectations\napiVersion: v1", "test.yaml:2:13", "apiVersion: expected ringfence.dev/v1alpha1")]
    [InlineData(Head + "a: {", "test.yaml:", "is not valid YAML")]
    [InlineData(Head + "cases:\n- name: x\n---\nb: c", "test.yaml:6:1", "a second document")]
    [InlineData(Head, "test.yaml:1:1", "cases is missing")]
    [InlineData(Head + "cases: []", "test.yaml:1:1", "nothing would be tested")]
    [InlineData(Head + "case: []", "test.yaml:3:1", "did you mean \"cases\"?")]
    [InlineData(Head + "cases:\n- name: x", "test.yaml:4:3", "expects nothing")]
    [InlineData(Head + "cases:\n- deny: []", "test.yaml:4:3", "cases[0].name is missing")]
    [InlineData(Head + "cases:\n- {name: x, alow: []}", "test.yaml:4:13", "did you mean \"allow\"?")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: a}]}", "test.yaml:4:20", "cases[0].deny[0].to is missing")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: a, to: b, port: 80}]}", "test.yaml:4:37", "write ports: [6333]")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: a, to: b, ports: [70000]}]}", "test.yaml:4:45", "not between 1 and 65535")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: a, to: b, ports: [20-10]}]}", "test.yaml:4:45", "ends before it begins")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: a, to: b, ports: [53/icmp]}]}", "test.yaml:4:45", "is not a protocol")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: a, to: b, ports: []}]}", "test.yaml:4:44", "leave it out")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: a, to: 'b:80'}]}", "test.yaml:4:34", "write ports: [80]")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: svc/a, to: b}]}", "test.yaml:4:27", "a Service opens no connections")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: 1.2.3.400, to: b}]}", "test.yaml:4:27", "is not an IP address")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: {pod: app=a}, to: b}]}", "test.yaml:4:28", "did you mean \"pods\"?")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: {pods: 'app of a'}, to: b}]}", "test.yaml:4:27", "cannot read the selector")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: {pods: {app: a}}, to: b}]}", "test.yaml:4:34", "a selector as kubectl has it")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: {workload: a, pods: b}, to: b}]}", "test.yaml:4:27", "workload stands alone")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: {namespace: a, namespaces: b}, to: b}]}", "test.yaml:4:27", "exclude each other")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: {}, to: b}]}", "test.yaml:4:27", "names nobody")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: {cidr: web}, to: b}]}", "test.yaml:4:27", "'web' is no CIDR")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: [], to: b}]}", "test.yaml:4:27", "is empty")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: 80, to: b}]}", "test.yaml:4:27", "write \"80\" with quotes")]
    [InlineData(Head + "cases:\n- {name: x, only: [{from: a, to: everyone-else}]}", "test.yaml:4:20", "only says who reaches certain destinations")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: 1.2.3.4-1.2.3.3, to: b}]}", "test.yaml:4:27", "ends before it begins")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: everyone-else, to: everyone-else}]}", "test.yaml:4:20", "stands on both sides")]
    [InlineData(Head + "cases:\n- {name: x, deny: [{from: a, to: b}]}\n- {name: x, deny: [{from: a, to: b}]}", "test.yaml:5:10", "of this name already, at line 4")]
    [InlineData(Head + "cases:\n- {name: x, name: y, deny: [{from: a, to: b}]}", "test.yaml:4:13", "duplicate key")]
    public void Read_Wrong_SaysWhatAndWhere(string text, string place, string message)
    {
        var reading = Read(text);

        Assert.Null(reading.Set);
        var error = reading.Diagnostics[0];
        Assert.StartsWith(place, error.Location.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyBytes_GivesExpectationsOrReasons()
    {
        var random = new Random(1);
        var whole = Encoding.UTF8.GetBytes(Head + "namespace: a\ncases:\n- name: x\n  only:\n  - from: [a, {pods: b=c}]\n    to: svc/d/e\n    ports: [53/udp, http]\n");
        for (var i = 0; i < 5000; i++)
        {
            var bytes = whole.ToArray();
            for (var changes = 1 + random.Next(4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(random.Next(2) == 0 ? 128 : 256);

            var reading = ExpectationReader.Read(bytes.AsMemory(0, random.Next(3) == 0 ? random.Next(bytes.Length) : bytes.Length), "test.yaml");

            Assert.Equal(reading.Set is null, reading.Diagnostics.Length > 0);
        }
    }

    private static ExpectationReading Read(string text) => ExpectationReader.Read(Encoding.UTF8.GetBytes(text), "test.yaml");
}
