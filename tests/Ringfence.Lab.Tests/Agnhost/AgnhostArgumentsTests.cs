using Ringfence.Lab.Agnhost;
using Xunit;

namespace Ringfence.Lab.Tests.Agnhost;

public sealed class AgnhostArgumentsTests
{
    [Theory]
    [InlineData("3s", 3000)]
    [InlineData("250ms", 250)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("0", 0)]
    [InlineData("-1s", -1000)]
    [InlineData("3", null)]
    [InlineData("s", null)]
    [InlineData("", null)]
    [InlineData("1x", null)]
    public void Duration_IsReadAsGoDoes(string text, int? milliseconds) =>
        Assert.Equal(milliseconds is { } number ? TimeSpan.FromMilliseconds(number) : null, GoDuration.Parse(text));

    [Theory]
    [InlineData("web:80", "web", "80", null)]
    [InlineData("[fd00::1]:80", "fd00::1", "80", null)]
    [InlineData("web", null, null, "address web: missing port in address")]
    [InlineData("fd00::1:80", null, null, "address fd00::1:80: too many colons in address")]
    [InlineData("[fd00::1]", null, null, "address [fd00::1]: missing port in address")]
    [InlineData("[fd00::1:80", null, null, "address [fd00::1:80: missing ']' in address")]
    public void Destination_IsTakenApartAsGoDoes(string text, string? host, string? port, string? problem)
    {
        var split = HostPort.Split(text, out var said);

        Assert.Equal((host, port, problem), (split?.Host, split?.Port, said));
    }

    [Theory]
    [InlineData("web:80 --timeout=2s --protocol=udp --udp-data=hi", "udp", 2, "hi")]
    [InlineData("--timeout 2s web:80 --protocol sctp", "sctp", 2, "hostname")]
    [InlineData("web:80", "tcp", 0, "hostname")]
    public void Arguments_AreReadInAnyOrder(string line, string protocol, int seconds, string data) => Assert.Equal(
        new AgnhostArguments("web:80", protocol, TimeSpan.FromSeconds(seconds), data), AgnhostArguments.Parse(line.Split(' '), out _));

    [Theory]
    [InlineData("web:80 --timeout=soon", "invalid argument \"soon\" for \"--timeout\" flag: time: invalid duration \"soon\"")]
    [InlineData("web:80 --nonsense", "unknown flag: --nonsense")]
    [InlineData("web:80 -x", "unknown shorthand flag: 'x' in -x")]
    [InlineData("web:80 --protocol", "flag needs an argument: --protocol")]
    [InlineData("web:80 other:80", "accepts 1 arg(s), received 2")]
    public void WrongArguments_AreToldAsCobraDoes(string line, string problem)
    {
        Assert.Null(AgnhostArguments.Parse(line.Split(' '), out var said));
        Assert.Equal(problem, said);
    }
}
