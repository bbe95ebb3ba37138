using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Frames;

public class ReassemblerTests
{
    private Reassembler _reassembler = new();
    private int _offset = 1000;

    [SetUp]
    public void Begin() => _reassembler = new Reassembler();

    [TestCase("0 1 2")]
    [TestCase("2 1 0")]
    [TestCase("1 0 1 0 2", TestName = "Copies of fragments change nothing")]
    public void Puts_fragments_together_in_any_order(string order)
    {
        var numbers = order.Split(' ').Select(int.Parse).ToArray();
        foreach (var number in numbers[..^1]) Assert.That(Add(Fragment(7, number)), Is.Null);
        var frame = Add(Fragment(7, numbers[^1]))!.Value;
        Assert.That((frame.Kind, frame.Source.Port, frame.Destination.Port, frame.PayloadLength), Is.EqualTo((FrameKind.Udp, 4000, 2000, 40)));
        Assert.That(_reassembler.Bytes.Slice(frame.PayloadOffset, frame.PayloadLength).ToArray(), Is.EqualTo(Payload()[8..]));
        Assert.That(_reassembler.Pieces.Select(static piece => (piece.Start, piece.Length)), Is.EqualTo(new[] { (0, 16), (16, 16), (32, 16) }));
    }

    [Test]
    public void Two_datagrams_may_be_under_way()
    {
        Add(Fragment(1, 0));
        Add(Fragment(2, 0));
        Add(Fragment(1, 1));
        Add(Fragment(2, 1));
        Assert.That(Add(Fragment(1, 2)), Is.Not.Null);
        Assert.That(Add(Fragment(2, 2)), Is.Not.Null);
    }

    [Test]
    public void What_the_capture_cut_off_is_missing_from_there_on()
    {
        Add(Fragment(7, 0));
        Add(Fragment(7, 1), captured: 30);
        var frame = Add(Fragment(7, 2))!.Value;
        Assert.That((frame.Kind, frame.PayloadLength, frame.MissingLength), Is.EqualTo((FrameKind.Truncated, 18, 22)));
    }

    [Test]
    public void What_is_not_whole_in_time_is_given_up_and_counted()
    {
        Add(Fragment(7, 0));
        Add(Fragment(7, 1));
        Assert.That(Add(Fragment(7, 2), Reassembler.MaxAge + TimeSpan.FromSeconds(1)), Is.Null);
        Assert.That(_reassembler.GivenUp, Is.EqualTo(2));
        _reassembler.GiveUpAll();
        Assert.That(_reassembler.GivenUp, Is.EqualTo(3));
    }

    [Test]
    public void No_more_are_under_way_than_there_is_room_for()
    {
        for (var identification = 0; identification < Reassembler.MaxDatagrams + 10; identification++) Add(Fragment(identification, 0));
        Assert.That(_reassembler.GivenUp, Is.EqualTo(10));
    }

    [Test]
    public void Puts_fragments_of_IPv6_together()
    {
        byte[] Six(int number) =>
        [
            .. Convert.FromHexString("60000000" + "0018" + "2C40" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002"),
            17, 0, (byte)0, (byte)(number * 16 | (number == 2 ? 0 : 1)), 0, 0, 0, 9, .. Payload()[(number * 16)..(number * 16 + 16)],
        ];
        Add(Six(0));
        Add(Six(1));
        Assert.That(Add(Six(2))!.Value.PayloadLength, Is.EqualTo(40));
    }

    private UdpFrame? Add(byte[] bytes, TimeSpan at = default, int? captured = null)
    {
        var packet = new CapturedPacket(default, true, LinkType.Raw, bytes.AsMemory(0, captured ?? bytes.Length), (uint)bytes.Length) { Offset = _offset += 100 };
        var frame = UdpFrame.Parse(packet);
        Assert.That(frame.Kind, Is.EqualTo(FrameKind.Fragment));
        return _reassembler.TryAdd(packet, at, ref frame) ? frame : null;
    }

    /// <summary>A UDP header and 40 bytes: three fragments of 16.</summary>
    private static byte[] Payload() => [.. Convert.FromHexString("0FA007D000300000"), .. Enumerable.Range(0, 40).Select(static at => (byte)at)];

    private static byte[] Fragment(int identification, int number) =>
    [
        0x45, 0, 0, 36, 0, (byte)identification, (byte)(number == 2 ? 0 : 0x20), (byte)(number * 2), 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2,
        .. Payload()[(number * 16)..(number * 16 + 16)],
    ];
}
