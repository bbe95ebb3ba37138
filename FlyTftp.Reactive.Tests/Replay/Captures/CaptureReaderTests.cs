using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Captures;

public class CaptureReaderTests
{
    [Test]
    public void Says_of_an_empty_file_that_there_is_nothing()
    {
        var read = ReadCapture.From([]);
        Assert.That(read.Fault, Is.EqualTo(new CaptureFault(0, "a pcap or pcapng capture, found nothing")));
    }

    [Test]
    public void Says_of_a_file_shorter_than_a_magic_number_how_short_it_is() =>
        Assert.That(ReadCapture.From([0xD4, 0xC3]).Fault!.Expected, Is.EqualTo("a pcap or pcapng capture, found only 2 bytes"));

    [Test]
    public void Says_what_stands_in_place_of_the_magic_number() =>
        Assert.That(ReadCapture.From("<!doctype html>"u8.ToArray()).Fault!.ToString(),
            Is.EqualTo("at byte 0: expected a pcap or pcapng capture, found the magic number 3C21646F"));

    [Test]
    public void Names_a_compressed_capture() =>
        Assert.That(ReadCapture.From([0x1F, 0x8B, 8, 0, 0, 0]).Fault!.Expected, Does.EndWith("compressed by gzip: unpack it first"));

    [Test]
    public void Has_the_fault_from_the_beginning_and_never_reads_on()
    {
        var reader = CaptureReader.Open(new MemoryStream([1, 2, 3, 4]));
        Assert.That(reader.Fault, Is.Not.Null);
        Assert.That(reader.TryRead(out _), Is.False);
    }

    [Test]
    public void Reads_nothing_more_after_a_fault()
    {
        var bytes = new CaptureBytes().PcapHeader().PcapRecord(1, 0, [], captured: uint.MaxValue).PcapRecord(2, 0, []).ToArray();
        var reader = CaptureReader.Open(new MemoryStream(bytes));
        Assert.That(reader.TryRead(out _), Is.False);
        Assert.That(reader.TryRead(out _), Is.False);
        Assert.That(reader.Fault!.Offset, Is.EqualTo(24));
    }

    [Test]
    public void Reads_nothing_more_after_the_end()
    {
        var reader = CaptureReader.Open(new CaptureBytes().PcapHeader().PcapRecord(1, 0, [1, 2]).ToStream());
        Assert.That(reader.TryRead(out _), Is.True);
        Assert.That(reader.TryRead(out _), Is.False);
        Assert.That(reader.TryRead(out _), Is.False);
        Assert.That(reader.Fault, Is.Null);
        Assert.That(reader.Offset, Is.EqualTo(24 + 16 + 2));
    }

    [TestCase(1)]
    [TestCase(13)]
    [TestCase(70_000)]
    public void Reads_the_same_from_a_pipe_that_gives_a_few_bytes_at_a_time(int atOnce)
    {
        var bytes = File.ReadAllBytes(Recordings.PathOf("syslinux-efi.pcap"));
        var whole = ReadCapture.From(bytes);
        var dribbled = ReadCapture.From(new DribblingStream(bytes, atOnce));
        Assert.That(dribbled.Packets.Select(Text), Is.EqualTo(whole.Packets.Select(Text)));
        Assert.That(dribbled.Fault, Is.Null);
        Assert.That(whole.Packets, Has.Count.EqualTo(503));
    }

    [Test]
    public void Says_of_a_disk_that_fails_why_and_where()
    {
        var bytes = new CaptureBytes().PcapHeader().PcapRecord(1, 0, [1, 2]).PcapRecord(2, 0, [3]).ToArray();
        var read = ReadCapture.From(new DribblingStream(bytes, failAfter: 50));
        Assert.That(read.Packets, Has.Count.EqualTo(1));
        Assert.That(read.Fault, Is.EqualTo(
            new CaptureFault(42, "16 bytes of a record's header, but the capture cannot be read: Input/output error")));
    }

    [Test]
    public void Says_of_a_disk_that_fails_at_once_why() =>
        Assert.That(ReadCapture.From(new DribblingStream([1], failAfter: 0)).Fault!.Expected, Does.EndWith("Input/output error"));

    /// <summary>The largest packet next to the smallest, so that the window has to grow and to move.</summary>
    [Test]
    public void Reads_a_packet_of_the_largest_size_between_small_ones()
    {
        var large = new byte[CaptureReader.MaxPacketLength];
        new Random(1).NextBytes(large);
        var capture = new CaptureBytes().PcapHeader()
            .PcapRecord(1, 0, [1]).PcapRecord(2, 0, large).PcapRecord(3, 0, [3]).PcapRecord(4, 0, large).PcapRecord(5, 0, [5]);
        var read = ReadCapture.From(new DribblingStream(capture.ToArray(), 10_007));
        Assert.That(read.Fault, Is.Null);
        Assert.That(read.Packets.Select(packet => packet.Bytes.Length), Is.EqualTo(new[] { 1, large.Length, 1, large.Length, 1 }));
        Assert.That(read.Packets[3].Bytes.Span.SequenceEqual(large));
    }

    private static string Text(CapturedPacket packet) => $"{packet.Time} {packet.OriginalLength} {Convert.ToHexString(packet.Bytes.Span)}";
}
