using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Captures;

public class PcapngReaderTests
{
    private const long Second = CaptureTime.NanosecondsPerSecond;
    private static readonly byte[] Bytes = [1, 2, 3, 4, 5];

    [TestCase(false)]
    [TestCase(true)]
    public void Reads_the_three_packet_blocks_in_either_byte_order(bool isBigEndian)
    {
        var read = ReadCapture.From(new CaptureBytes(isBigEndian).Section().Interface(LinkType.Raw)
            .Enhanced(0, 0x1_0000_0002, Bytes, original: 77).Simple([9, 8]).Obsolete(0, 5, [7]));
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets.Select(packet => (packet.Time.Nanoseconds, packet.HasTime, packet.LinkType, packet.OriginalLength)), Is.EqualTo(new[]
        {
            (0x1_0000_0002 * 1000, true, LinkType.Raw, 77u),
            (0x1_0000_0002 * 1000, false, LinkType.Raw, 2u),
            (5000, true, LinkType.Raw, 1u),
        }));
        Assert.That(read.Packets.Select(packet => Convert.ToHexString(packet.Bytes.Span)), Is.EqualTo(new[] { "0102030405", "0908", "07" }));
    }

    /// <summary>A file as dumpcap writes it on a PC, spelled out: section, interface with if_tsresol, one packet with a comment.</summary>
    [Test]
    public void Reads_what_dumpcap_writes()
    {
        var read = ReadCapture.From(Convert.FromHexString(
            "0A0D0D0A" + "1C000000" + "4D3C2B1A" + "0100" + "0000" + "FFFFFFFFFFFFFFFF" + "1C000000" +
            "01000000" + "20000000" + "0100" + "0000" + "00000400" + "0900" + "0100" + "09000000" + "0000" + "0000" + "20000000" +
            "06000000" + "30000000" + "00000000" + "01000000" + "02000000" + "03000000" + "03000000" + "AABBCC00" +
            "0100" + "0200" + "68690000" + "0000" + "0000" + "30000000"));
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets.Single().Time.Nanoseconds, Is.EqualTo((1L << 32) + 2));
        Assert.That(read.Packets.Single().LinkType, Is.EqualTo(LinkType.Ethernet));
        Assert.That(read.Packets.Single().Bytes.ToArray(), Is.EqualTo(new byte[] { 0xAA, 0xBB, 0xCC }));
    }

    [Test]
    public void Gives_each_interface_its_own_link_type_and_clock()
    {
        var capture = new CaptureBytes();
        var read = ReadCapture.From(capture.Section()
            .Interface(LinkType.Ethernet, 0, capture.Option(9, 9))
            .Interface(LinkType.LinuxCooked, 0, [.. capture.Option(2, "eth1"u8), .. capture.Option(9, 3), .. capture.Option(0)])
            .Enhanced(1, 7, Bytes).Enhanced(0, 7, Bytes));
        Assert.That(read.Packets.Select(packet => (packet.LinkType, packet.Time.Nanoseconds)),
            Is.EqualTo(new[] { (LinkType.LinuxCooked, 7_000_000L), (LinkType.Ethernet, 7L) }));
    }

    [Test]
    public void Forgets_the_interfaces_and_the_byte_order_at_a_new_section()
    {
        byte[] bytes =
        [
            .. new CaptureBytes(isBigEndian: true).Section().Interface(LinkType.Raw).Enhanced(0, 1, Bytes).ToArray(),
            .. new CaptureBytes().Section().Interface(LinkType.Ethernet).Enhanced(0, 2, Bytes).ToArray(),
            .. new CaptureBytes().Section().Enhanced(0, 3, Bytes).ToArray(),
        ];
        var read = ReadCapture.From(bytes);
        Assert.That(read.Packets.Select(packet => (packet.LinkType, packet.Time.Nanoseconds)),
            Is.EqualTo(new[] { (LinkType.Raw, 1000L), (LinkType.Ethernet, 2000L) }));
        Assert.That(read.Fault!.Expected, Is.EqualTo("a packet of one of the section's 0 interfaces, found one of number 0"));
    }

    [Test]
    public void Counts_from_the_offset_that_an_interface_tells()
    {
        var capture = new CaptureBytes();
        var minusTen = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(minusTen, -10);
        var read = ReadCapture.From(capture.Section().Interface(1, 0, capture.Option(14, minusTen)).Enhanced(0, 11_000_000, Bytes));
        Assert.That(read.Packets.Single().Time.Nanoseconds, Is.EqualTo(Second));
    }

    [Test]
    public void Passes_over_blocks_it_does_not_know_be_they_larger_than_any_buffer()
    {
        var read = ReadCapture.From(new DribblingStream(new CaptureBytes().Section()
            .Block(0x0000_0BAD, new byte[3_000_000]).Interface().Block(4, []).Enhanced(0, 1, Bytes).ToArray(), 100_000));
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets, Has.Count.EqualTo(1));
    }

    [Test]
    public void Cuts_a_simple_packet_off_at_the_snaplen_of_its_interface()
    {
        var read = ReadCapture.From(new CaptureBytes().Section().Interface(1, snapLength: 3).Simple([1, 2, 3], original: 1000));
        Assert.That(read.Packets.Single().Bytes.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(read.Packets.Single().OriginalLength, Is.EqualTo(1000));
    }

    [Test]
    public void Reads_a_section_with_nothing_in_it()
    {
        var read = ReadCapture.From(new CaptureBytes().Section());
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets, Is.Empty);
    }

    private static IEnumerable<TestCaseData> Flaws()
    {
        static CaptureBytes Start() => new CaptureBytes().Section().Interface();
        var capture = new CaptureBytes();
        yield return new TestCaseData(new CaptureBytes().Section(magic: 0x12345678), 0L, "a section's byte-order magic 1A2B3C4D, found 78563412");
        yield return new TestCaseData(new CaptureBytes().Section(major: 2), 0L, "pcapng version 1, found 2.0");
        yield return new TestCaseData(
            new CaptureBytes().Block(0x0A0D0D0A, new CaptureBytes().UInt32(0x1A2B3C4D).UInt32(1).ToArray()), 0L,
            "a block length of at least 28 and a multiple of 4, found 20");
        yield return new TestCaseData(Start().Block(6, [], length: 0), 48L, "a block length of at least 12 and a multiple of 4, found 0");
        yield return new TestCaseData(Start().Block(99, [], length: 8), 48L, "a block length of at least 12 and a multiple of 4, found 8");
        yield return new TestCaseData(Start().Block(99, [0, 0, 0, 0], length: 14), 48L, "a block length of at least 12 and a multiple of 4, found 14");
        yield return new TestCaseData(Start().Block(6, [], length: 0xFFFF_FFFC), 48L, "a block of at most 327744 bytes, found one of 4294967292");
        yield return new TestCaseData(Start().Block(99, [1, 2, 3, 4], trailer: 20), 48L, "the block's length 16 again at its end, found 20");
        yield return new TestCaseData(Start().Block(3, [1, 2, 3, 4], trailer: 20), 48L, "the block's length 16 again at its end, found 20");
        yield return new TestCaseData(new CaptureBytes().Section().Block(1, [1, 0, 0, 0]), 28L, "an interface description of at least 8 bytes, found 4");
        yield return new TestCaseData(new CaptureBytes().Section().Interface(1, 0, 2, 0, 1, 0), 28L, "an option that ends within its block");
        yield return new TestCaseData(new CaptureBytes().Section().Interface(1, 0, 9, 0, 5, 0, 1, 2, 3, 4), 28L, "an option that ends within its block");
        yield return new TestCaseData(new CaptureBytes().Section().Interface(1, 0, capture.Option(9, 6, 6)), 28L, "an if_tsresol of 1 byte, found 2");
        yield return new TestCaseData(new CaptureBytes().Section().Interface(1, 0, capture.Option(14, 1)), 28L, "an if_tsoffset of 8 bytes, found 1");
        yield return new TestCaseData(Start().Block(6, new byte[16]), 48L, "a packet block with a body of at least 20 bytes, found 16");
        yield return new TestCaseData(Start().Block(3, []), 48L, "a packet block with a body of at least 4 bytes, found 0");
        yield return new TestCaseData(Start().Enhanced(1, 0, []), 48L, "a packet of one of the section's 1 interfaces, found one of number 1");
        yield return new TestCaseData(Start().Enhanced(uint.MaxValue, 0, []), 48L, "a packet of one of the section's 1 interfaces, found one of number 4294967295");
        yield return new TestCaseData(Start().Enhanced(0, 0, Bytes, captured: 9), 48L, "a packet of at most its block's 8 bytes, found one of 9");
        yield return new TestCaseData(Start().Enhanced(0, 0, Bytes, captured: uint.MaxValue), 48L, "a packet of at most 262144 bytes, found one of 4294967295");
        yield return new TestCaseData(Start().Simple(Bytes, original: 9), 48L, "a packet of at most its block's 8 bytes, found one of 9");
    }

    [Test]
    public void Reads_on_at_a_time_that_no_clock_shows()
    {
        var capture = new CaptureBytes();
        var read = ReadCapture.From(capture.Section().Interface(1, 0, capture.Option(9, 0)).Enhanced(0, 5, Bytes).Enhanced(0, ulong.MaxValue, Bytes));
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets.Select(static packet => (packet.Time.Nanoseconds, packet.HasTime, packet.IsTimeOdd)), Is.EqualTo(new[] { (5_000_000_000, true, false), (5_000_000_000, false, true) }));
    }

    [TestCaseSource(nameof(Flaws))]
    public void Tells_what_is_wrong_and_where(object capture, long offset, string expected) =>
        Assert.That(ReadCapture.From((CaptureBytes)capture).Fault, Is.EqualTo(new CaptureFault(offset, expected)));

    [Test]
    public void Delivers_what_stands_before_the_place_where_a_capture_is_cut_off()
    {
        var start = new CaptureBytes().Section().Interface().ToArray();
        var bytes = new CaptureBytes().Section().Interface().Enhanced(0, 1, Bytes).Block(77, new byte[20]).Enhanced(0, 2, Bytes).ToArray();
        int[] borders = [start.Length - 20, start.Length, start.Length + 40, start.Length + 72];
        for (var length = 4; length < bytes.Length; length++)
        {
            var read = ReadCapture.From(bytes[..length]);
            Assert.That(read.Packets, Has.Count.EqualTo(length >= borders[2] ? 1 : 0), $"{length} bytes");
            if (borders.Contains(length))
            {
                Assert.That(read.Fault, Is.Null, $"{length} bytes");
                continue;
            }

            Assert.That(read.Fault!.IsCutOff, $"{length} bytes");
            Assert.That(read.Fault.Offset, Is.EqualTo(borders.LastOrDefault(border => border < length)), $"{length} bytes");
        }
    }

    [Test]
    public void Does_not_believe_in_more_interfaces_than_can_be_numbered()
    {
        var one = new CaptureBytes().Interface().ToArray();
        var bytes = new List<byte>(new CaptureBytes().Section().ToArray());
        for (var count = 0; count <= PcapngReader.MaxInterfaces; count++) bytes.AddRange(one);
        Assert.That(ReadCapture.From([.. bytes]).Fault!.Expected, Does.StartWith("at most 65536 interfaces"));
    }
}
