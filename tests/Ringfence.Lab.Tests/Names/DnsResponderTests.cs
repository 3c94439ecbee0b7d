using System.Buffers.Binary;
using System.Text;
using Ringfence.Lab.Names;
using Xunit;

namespace Ringfence.Lab.Tests.Names;

public class DnsResponderTests
{
    private const ushort Truncated = 0x0200;

    private readonly ClusterNames _names = ClusterNames.Of(SmallCluster.State, SmallCluster.Outside);

    [Fact]
    public void Respond_QuestionInMixedCase_ComesBackAsItWas()
    {
        var answer = Respond(Question("wEb.Shop.svc.CLUSTER.local", 1))!;

        Assert.Equal(0, Status(answer));
        Assert.Contains("wEb", Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    public void Respond_LongAnswerByDatagram_IsTruncated()
    {
        var answer = Respond(Question("many.shop.svc.cluster.local", 1))!;

        Assert.InRange(answer.Length, 12, 512);
        Assert.NotEqual(0, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(2)) & Truncated);
    }

    [Fact]
    public void Respond_LongAnswerByStream_IsWhole()
    {
        var answer = DnsResponder.Respond(Question("many.shop.svc.cluster.local", 1), _names, isDatagram: false)!;

        Assert.Equal(200, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)));
    }

    [Theory]
    [InlineData(0x2800, 1, 4)]
    [InlineData(0x0100, 252, 5)]
    public void Respond_WhatIsNotDone_IsSaid(int flags, ushort type, int status)
    {
        var question = Question("web.shop.svc.cluster.local", type);
        BinaryPrimitives.WriteUInt16BigEndian(question.AsSpan(2), (ushort)flags);

        Assert.Equal(status, Status(Respond(question)!));
    }

    [Fact]
    public void Respond_AnAnswer_GetsNone()
    {
        var question = Question("web.shop.svc.cluster.local", 1);
        question[2] |= 0x80;

        Assert.Null(Respond(question));
    }

    [Fact]
    public void Respond_NameThatPointsToItself_IsAFormatError()
    {
        byte[] question = [.. Question("", 1).AsSpan(0, 12), 0xc0, 12, 0, 1, 0, 1];

        Assert.Equal(1, Status(Respond(question)!));
    }

    // Random bytes and disturbed questions, the same in every run.
    [Fact]
    public void Respond_AnyBytes_NeverThrows()
    {
        var random = new Random(53);
        string[] names = ["web.shop.svc.cluster.local", "10-244-1-9.shop.pod.cluster.local", "fd00----.shop.pod.cluster.local", "", "a", "many.shop.svc.cluster.local"];
        for (var i = 0; i < 200_000; i++)
        {
            var message = i % 2 == 0 ? new byte[random.Next(0, 80)] : Question(names[random.Next(names.Length)], (ushort)random.Next(0, 300));
            if (i % 2 == 0) random.NextBytes(message);
            else
                for (var change = random.Next(0, 4); change > 0; change--) message[random.Next(message.Length)] = (byte)random.Next(256);
            if (message.Length > 3) message[2] &= 0x07;

            var answer = DnsResponder.Respond(message.AsSpan(0, random.Next(message.Length + 1)), _names, isDatagram: true);

            Assert.True(answer is null || answer.Length is >= 12 and <= 1232);
        }
    }

    private byte[]? Respond(byte[] question) => DnsResponder.Respond(question, _names, isDatagram: true);

    private static int Status(byte[] answer) => answer[3] & 0xf;

    private static byte[] Question(string name, ushort type)
    {
        var message = new List<byte> { 7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.Latin1.GetBytes(label));
        }

        message.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        return [.. message];
    }
}
