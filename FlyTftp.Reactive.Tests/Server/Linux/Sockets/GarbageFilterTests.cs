using FlyTftp.Reactive.Protocol;
using NUnit.Framework;
using static FlyTftp.Reactive.Tests.Server.Linux.Sockets.LinuxPorts;
using static FlyTftp.Reactive.Tests.Support.UdpClients;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

/// <summary>The kernel runs the program here: what it turns away is held against what the server makes of the same bytes.</summary>
[Platform("Linux")]
internal sealed class GarbageFilterTests
{
    private static readonly byte[] Last = [0, 4, 0xFF, 0xFF];

    [Test]
    public void What_the_server_would_answer_comes_through_and_garbage_does_not([Values("127.0.0.1", "::1")] string address)
    {
        var sent = new List<byte[]>();
        for (var opcode = 0; opcode < 20; opcode++)
        {
            // A name and a mode of one character are the shortest request; an ACK may be padded.
            for (var length = 0; length <= 8; length++) sent.Add([.. new byte[] { 0, (byte)opcode, (byte)'x', 0, (byte)'y', 0, 0, 0 }.AsSpan(0, length)]);
            sent.Add([1, (byte)opcode, (byte)'x', 0, (byte)'y', 0]);
        }

        var passed = PassedOf(sent, address);
        foreach (var datagram in sent)
            Assert.That(passed.Contains(Convert.ToHexString(datagram)), Is.EqualTo(IsWorthReading(datagram)), Convert.ToHexString(datagram));
    }

    [Test]
    public void What_is_turned_away_is_counted()
    {
        using var port = Open("127.0.0.1");
        using var client = ClientAt("127.0.0.1");
        for (var number = 0; number < 10; number++) client.SendTo([99, 99, 99, 99, 99, 99, 99, 99], Of(port));
        Assert.That(port.Receive(0), Is.Zero);
        Assert.That(port.UnreadDatagrams, Is.EqualTo(10));
    }

    /// <summary>What a request's opcode is needs no answer above 15, nor does what only servers say.</summary>
    private static bool IsWorthReading(byte[] datagram) => PacketReader.Read(datagram) is var packet && packet.Kind switch
    {
        PacketKind.Acknowledgment or PacketKind.Error => true,
        PacketKind.Malformed => datagram.Length >= 2 && datagram[0] == 0 && datagram[1] is 1 or 2 or >= 7 and < 16,
        PacketKind.Data or PacketKind.OptionAcknowledgment => false,
        _ => datagram[0] == 0 && datagram[1] is > 0 and < 16,
    };

    private static HashSet<string> PassedOf(List<byte[]> sent, string address)
    {
        using var port = Open(address);
        using var client = ClientAt(address);
        foreach (var datagram in sent) client.SendTo(datagram, Of(port));
        client.SendTo(Last, Of(port));
        var passed = new HashSet<string>();
        while (true)
        {
            var count = port.Receive(Patience);
            Assert.That(count, Is.Positive);
            for (var number = 0; number < count; number++)
            {
                var payload = port.Arrival(number).Payload.Span;
                if (payload.SequenceEqual(Last)) return passed;
                passed.Add(Convert.ToHexString(payload));
            }
        }
    }
}
