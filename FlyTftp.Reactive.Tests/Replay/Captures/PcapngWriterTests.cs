using CsCheck;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Captures;

public class PcapngWriterTests
{
    private static readonly Endpoint Client = Endpoint.IPv4(0xC0000201, 50000), Server = Endpoint.IPv4(0xC0000202, 69);

    private static readonly Gen<Endpoint> Endpoints = Gen.OneOf(
        Gen.Select(Gen.UInt, Gen.UShort, Endpoint.IPv4),
        Gen.Select(Gen.ULong, Gen.ULong, Gen.UShort, (high, low, port) => new Endpoint(high, low, port)));

    [Test]
    public void Writes_what_the_reader_reads() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Endpoints, Endpoints, Gen.Byte.Array[0, 1500], Gen.Bool).Array[0, 20].Sample(datagrams =>
        {
            using var stream = new MemoryStream();
            var writer = new PcapngWriter(stream);
            foreach (var (time, source, destination, payload, isUnreachable) in datagrams)
            {
                if (isUnreachable) writer.WritePortUnreachable(new CaptureTime(time), source, destination);
                else writer.Write(new CaptureTime(time), source, destination, payload);
            }

            writer.Flush();
            var read = ReadCapture.From(stream.ToArray());
            return writer.Length == stream.Length
                && read.Fault is null
                && read.Packets.Select(packet => Told(packet, UdpFrame.Parse(packet))).SequenceEqual(datagrams.Select(datagram => (
                    datagram.Item1, datagram.Item2, datagram.Item3,
                    datagram.Item5 ? "port unreachable" : Convert.ToHexString(datagram.Item4))));
        }, iter: 300);

    [Test]
    public void Takes_an_instant_before_1970_for_the_first_of_it()
    {
        using var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        writer.Write(new CaptureTime(-1), Server, Client, []);
        writer.Flush();
        Assert.That(ReadCapture.From(stream.ToArray()).Packets.Single().Time, Is.EqualTo(new CaptureTime(0)));
    }

    [Test]
    public void Writes_the_largest_datagrams_there_are()
    {
        using var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        var server6 = Endpoint.IPv6([0x20, 1, .. new byte[14]], 69);
        writer.Write(default, Server, Client, new byte[65507]);
        writer.Write(default, server6, server6, new byte[65527]);
        writer.Flush();
        Assert.That(ReadCapture.From(stream.ToArray()).Packets.Select(packet => UdpFrame.Parse(packet).PayloadLength),
            Is.EqualTo(new[] { 65507, 65527 }));
        Assert.That(stream.Length, Is.LessThanOrEqualTo(PcapngWriter.HeaderLength + 2 * PcapngWriter.MaxBlockLength));
    }

    [Test]
    public void Does_not_write_more_than_UDP_can_carry()
    {
        var writer = new PcapngWriter(Stream.Null);
        Assert.That(() => writer.Write(default, Server, Client, new byte[65508]), Throws.ArgumentException);
    }

    /// <summary>RFC 768: a computed checksum of 0 is sent as its other zero, for 0 says that there is none.</summary>
    [Test]
    public void Never_writes_a_UDP_checksum_of_zero()
    {
        var zeros = new List<string>();
        for (var value = 0; value <= ushort.MaxValue; value++)
        {
            var packet = new byte[30];
            IpWriter.WriteUdp(packet, Client, Server, [(byte)(value >> 8), (byte)value]);
            if (packet[26] == 0 && packet[27] == 0) zeros.Add($"payload {value:X4}");
        }

        Assert.That(zeros, Is.Empty);
    }

    [Test]
    public void Gives_the_stream_whole_blocks_only()
    {
        var stream = new WriteLog();
        var writer = new PcapngWriter(stream);
        for (var count = 0; count < 500; count++) writer.Write(default, Server, Client, new byte[count * 7]);
        writer.Flush();
        Assert.That(stream.Writes, Has.Count.GreaterThan(5));
        var soFar = new List<byte>();
        foreach (var write in stream.Writes)
        {
            soFar.AddRange(write);
            Assert.That(ReadCapture.From([.. soFar]).Fault, Is.Null);
        }

        Assert.That(ReadCapture.From([.. soFar]).Packets, Has.Count.EqualTo(500));
    }

    // What a full disk and what a refused write are to .NET.
    [TestCase(typeof(IOException))]
    [TestCase(typeof(UnauthorizedAccessException))]
    public void Writes_nothing_more_after_a_write_has_failed_and_says_so(Type kind)
    {
        var stream = new WriteLog { Fault = (Exception)Activator.CreateInstance(kind, "No space left on device")! };
        var writer = new PcapngWriter(stream);
        Assert.That(writer.Failure, Is.Null);
        writer.Flush();
        Assert.That(writer.Failure, Is.EqualTo("No space left on device"));

        stream.Fault = null;
        writer.Write(default, Server, Client, [1]);
        writer.Flush();
        Assert.That(stream.Writes, Is.Empty);
    }

    private static (long, Endpoint, Endpoint, string) Told(CapturedPacket packet, UdpFrame frame) => (
        packet.Time.Nanoseconds, frame.Source, frame.Destination,
        frame.Kind switch
        {
            FrameKind.Udp => Convert.ToHexString(frame.PayloadOf(packet).Span),
            FrameKind.PortUnreachable => "port unreachable",
            _ => frame.ToString(),
        });

    private sealed class WriteLog : MemoryStream
    {
        public List<byte[]> Writes { get; } = [];

        public Exception? Fault { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Fault is not null) throw Fault;
            Writes.Add(buffer.ToArray());
        }
    }
}
