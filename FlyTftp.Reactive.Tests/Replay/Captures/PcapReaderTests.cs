using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Captures;

public class PcapReaderTests
{
    private static readonly byte[] Bytes = [1, 2, 3, 4, 5];

    [TestCase(CaptureBytes.Microseconds, false, 1_600_000_000_123_456_000)]
    [TestCase(CaptureBytes.Microseconds, true, 1_600_000_000_123_456_000)]
    [TestCase(CaptureBytes.Nanoseconds, false, 1_600_000_000_000_123_456)]
    [TestCase(CaptureBytes.Nanoseconds, true, 1_600_000_000_000_123_456)]
    public void Reads_either_unit_in_either_byte_order(uint magic, bool isBigEndian, long nanoseconds)
    {
        var read = ReadCapture.From(
            new CaptureBytes(isBigEndian).PcapHeader(magic, linkType: 276).PcapRecord(1_600_000_000, 123_456, Bytes, original: 99));
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets, Has.Count.EqualTo(1));
        var packet = read.Packets[0];
        Assert.That(packet.Time.Nanoseconds, Is.EqualTo(nanoseconds));
        Assert.That(packet.HasTime);
        Assert.That(packet.LinkType, Is.EqualTo(LinkType.LinuxCooked2));
        Assert.That(packet.Bytes.ToArray(), Is.EqualTo(Bytes));
        Assert.That(packet.OriginalLength, Is.EqualTo(99));
    }

    /// <summary>The first 40 bytes of a file as tcpdump writes it on a PC, spelled out.</summary>
    [Test]
    public void Reads_what_tcpdump_writes()
    {
        var read = ReadCapture.From(Convert.FromHexString(
            "D4C3B2A1" + "0200" + "0400" + "00000000" + "00000000" + "00000400" + "01000000" +
            "78563412" + "40420F00" + "01000000" + "02000000" + "AA"));
        Assert.That(read.Packets.Single().Time.Nanoseconds, Is.EqualTo(0x12345678 * 1_000_000_000L + 1_000_000_000));
        Assert.That(read.Packets.Single().Bytes.ToArray(), Is.EqualTo(new byte[] { 0xAA }));
    }

    [Test]
    public void Reads_a_capture_without_packets()
    {
        var read = ReadCapture.From(new CaptureBytes().PcapHeader());
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets, Is.Empty);
    }

    [Test]
    public void Passes_over_the_length_of_the_frame_check_sequence_beside_the_link_type()
    {
        var read = ReadCapture.From(new CaptureBytes().PcapHeader(linkType: 0x4400_0000 | LinkType.Ethernet).PcapRecord(1, 0, Bytes));
        Assert.That(read.Packets.Single().LinkType, Is.EqualTo(LinkType.Ethernet));
    }

    [Test]
    public void Holds_the_latest_time_a_record_can_tell()
    {
        var read = ReadCapture.From(new CaptureBytes().PcapHeader().PcapRecord(uint.MaxValue, uint.MaxValue, Bytes));
        Assert.That(read.Packets.Single().Time.Nanoseconds, Is.EqualTo(uint.MaxValue * 1_000_000_000L + uint.MaxValue * 1000L));
    }

    [Test]
    public void Rejects_another_version() =>
        Assert.That(ReadCapture.From(new CaptureBytes().PcapHeader(major: 2, minor: 5)).Fault,
            Is.EqualTo(new CaptureFault(0, "pcap version 2.0 to 2.4, found 2.5")));

    /// <summary>The two lengths stood the other way round.</summary>
    [TestCase(1)]
    [TestCase(3)]
    public void Reads_the_versions_before(int minor)
    {
        var read = ReadCapture.From(new CaptureBytes().PcapHeader(minor: minor).PcapRecord(1, 0, Bytes, captured: 99, original: 5).PcapRecord(2, 0, Bytes));
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets.Select(static packet => (packet.Bytes.Length, packet.OriginalLength)), Is.EqualTo(new[] { (5, 99u), (5, 5u) }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Reads_modified_pcap(bool isBigEndian)
    {
        var read = ReadCapture.From(new CaptureBytes(isBigEndian).PcapHeader(0xA1B2CD34)
            .UInt32(1).UInt32(0).UInt32(5).UInt32(99).UInt32(3).UInt16(8).Bytes(1, 0).Bytes(Bytes)
            .UInt32(2).UInt32(0).UInt32(5).UInt32(5).UInt32(3).UInt16(8).Bytes(1, 0).Bytes(Bytes));
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets.Select(static packet => packet.Bytes.ToArray()), Is.EqualTo(new[] { Bytes, Bytes }));
    }

    [Test]
    public void Reads_captures_put_together_of_either_format()
    {
        byte[] one = new CaptureBytes().PcapHeader(linkType: 101).PcapRecord(1, 0, [1]).ToArray();
        byte[] two = new CaptureBytes(isBigEndian: true).PcapHeader(CaptureBytes.Nanoseconds).PcapRecord(2, 0, [2]).ToArray();
        byte[] three = new CaptureBytes().Section().Interface(113).Simple([3]).ToArray();
        var read = ReadCapture.From([.. one, .. two, .. three, .. one, .. three, .. two]);
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets.Select(static packet => (packet.Bytes.Span[0], packet.LinkType)), Is.EqualTo(new[] { (1, 101), (2, 1), (3, 113), (1, 101), (3, 113), (2, 1) }));
    }

    [Test]
    public void Reads_snoop()
    {
        var capture = new CaptureBytes(isBigEndian: true).Bytes("snoop\0\0\0"u8).UInt32(2).UInt32(4)
            .UInt32(99).UInt32(5).UInt32(32).UInt32(0).UInt32(1_600_000_000).UInt32(7).Bytes(Bytes).Bytes(0, 0, 0)
            .UInt32(5).UInt32(5).UInt32(29).UInt32(0).UInt32(1_600_000_001).UInt32(7).Bytes(Bytes);
        var read = ReadCapture.From(capture);
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets.Select(static packet => (packet.LinkType, packet.Bytes.Length, packet.OriginalLength, packet.Time.Nanoseconds)),
            Is.EqualTo(new[] { (1, 5, 99u, 1_600_000_000_000_007_000), (1, 5, 5u, 1_600_000_001_000_007_000) }));
    }

    [TestCase("736E6F6F70000000000000030000000400", "snoop version 2, found 3")]
    [TestCase("736E6F6F7000000000000002000000040000000500000005000000080000000000000000000000000102030405", "a record of at least 29 bytes, found one of 8")]
    public void Says_what_is_wrong_with_snoop(string bytes, string expected) => Assert.That(ReadCapture.From(Convert.FromHexString(bytes)).Fault!.Expected, Is.EqualTo(expected));

    [TestCase(CaptureReader.MaxPacketLength + 1u)]
    [TestCase(0x7FFF_FFFFu)]
    [TestCase(0x8000_0000u)]
    [TestCase(uint.MaxValue)]
    public void Does_not_believe_a_huge_length(uint length)
    {
        var read = ReadCapture.From(new CaptureBytes().PcapHeader().PcapRecord(1, 0, Bytes).PcapRecord(1, 0, Bytes, captured: length));
        Assert.That(read.Packets, Has.Count.EqualTo(1));
        Assert.That(read.Fault, Is.EqualTo(new CaptureFault(45, $"a packet of at most 262144 bytes, found one of {length}")));
    }

    /// <summary>Cut off at every byte: whole records come out, the rest is a fault at the record's beginning, or no fault between two.</summary>
    [Test]
    public void Delivers_what_stands_before_the_place_where_a_capture_is_cut_off()
    {
        var bytes = new CaptureBytes().PcapHeader().PcapRecord(1, 0, Bytes).PcapRecord(2, 0, Bytes).ToArray();
        for (var length = 4; length < bytes.Length; length++)
        {
            var read = ReadCapture.From(bytes[..length]);
            var records = Math.Max(0, (length - 24) / 21);
            Assert.That(read.Packets, Has.Count.EqualTo(records), $"{length} bytes");
            if ((length - 24) % 21 == 0)
            {
                Assert.That(read.Fault, Is.Null, $"{length} bytes");
                continue;
            }

            Assert.That(read.Fault!.IsCutOff, $"{length} bytes");
            Assert.That(read.Fault.Offset, Is.EqualTo(length < 24 ? 0 : 24 + records * 21), $"{length} bytes");
        }
    }

    [Test]
    public void Says_how_much_of_a_cut_off_record_there_is()
    {
        var read = ReadCapture.From(new CaptureBytes().PcapHeader().PcapRecord(1, 0, Bytes).ToArray()[..^2]);
        Assert.That(read.Fault!.ToString(), Is.EqualTo("at byte 24: expected 21 bytes of a record, but the capture ends after 19"));
    }
}
