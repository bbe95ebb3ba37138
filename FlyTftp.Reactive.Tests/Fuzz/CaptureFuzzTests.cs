using System.Diagnostics;
using System.Text.RegularExpressions;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Fuzz;

/// <summary>
/// Spoilt captures and parts of them: whatever comes in, nothing throws, nothing runs on for ever, and what comes out keeps its promises.
/// <c>FLYTFTP_FUZZ=1000000</c> runs that many inputs for each target instead of a few, <c>FLYTFTP_FUZZ=17..18</c> only those.
/// </summary>
public class CaptureFuzzTests
{
    private const int FewInputs = 15_000;

    private static readonly int[] LinkTypes =
    [
        LinkType.BsdNull, LinkType.Ethernet, LinkType.RawBsd, LinkType.RawOpenBsd, LinkType.Raw, LinkType.BsdLoop, LinkType.LinuxCooked,
        LinkType.IPv4, LinkType.IPv6, LinkType.LinuxCooked2, LinkType.Ppp, LinkType.PppSerial, LinkType.PppoE, LinkType.CiscoHdlc, LinkType.Wireless,
        LinkType.Radiotap, LinkType.Nflog, 77,
    ];

    [Test]
    public void Whole_captures() => Run(static (bytes, _, _) => CheckCapture(ReadCapture.From(bytes), bytes));

    /// <summary>The inputs are worth something: they lead to every kind of frame and of fault.</summary>
    [Test]
    public void Meets_every_kind_of_frame_and_fault()
    {
        var (frames, faults) = (new HashSet<FrameKind>(), new HashSet<string>());
        for (var number = 0; number < FewInputs; number++)
        {
            var read = ReadCapture.From(Mutator.Make(number).Bytes);
            frames.UnionWith(read.Packets.Select(packet => UdpFrame.Parse(packet).Kind));
            if (read.Fault is { } fault) faults.Add(Regex.Replace(fault.Expected.Split(", ")[0], "[0-9]+", "n"));
        }

        Assert.That(frames, Is.EquivalentTo(Enum.GetValues<FrameKind>()));
        Assert.That(faults, Has.Count.GreaterThanOrEqualTo(18), string.Join('\n', faults.Order()));
    }

    [Test]
    public void Captures_from_a_slow_pipe() => Run(static (bytes, _, number) =>
    {
        var whole = ReadCapture.From(bytes);
        var dribbled = ReadCapture.From(new DribblingStream(bytes, 1 + number % 100));
        Check(dribbled.Fault == whole.Fault, "the same fault");
        Check(dribbled.Offset == whole.Offset, "the same offset");
        Check(dribbled.Packets.Count == whole.Packets.Count, "as many packets");
        for (var index = 0; index < whole.Packets.Count; index++)
        {
            var (left, right) = (dribbled.Packets[index], whole.Packets[index]);
            Check(left with { Bytes = default } == right with { Bytes = default }, "the same packet");
            Check(left.Bytes.Span.SequenceEqual(right.Bytes.Span), "the same bytes");
        }
    });

    [Test]
    public void Pcap_headers_and_records() => Run(static (bytes, at, number) =>
    {
        var part = bytes.AsSpan(at);
        if (part.Length < PcapHeader.Length) return;
        _ = PcapHeader.Begins(part);
        var flaw = PcapHeader.Parse(part, out var header);
        Check((flaw is null) == (header.NanosecondsPerUnit is 1 or 1000), "a header or a flaw");
        header = new PcapHeader(new ByteOrder(number % 2 == 0), 1000, 1);
        flaw = header.ParseRecord(part, out var time, out var captured, out _);
        Check(captured is >= 0 and <= CaptureReader.MaxPacketLength && time.Nanoseconds >= 0 && flaw is not "", "a length in bounds");
    });

    [Test]
    public void Pcapng_blocks() => Run(static (bytes, at, number) =>
    {
        var part = bytes.AsSpan(at);
        if (part.Length < PcapngBlock.MinLength) return;
        var order = new ByteOrder(number % 2 == 0);
        if (PcapngBlock.Parse(part, ref order, out var block) is not null) return;
        Check(block.Length >= PcapngBlock.MinLength && block.Length % 4 == 0, "a length that leads on");
        Check(!block.IsKnown || block.Length <= PcapngBlock.MaxLength, "a length in bounds");
        Check(PcapngBlock.MaxLength <= CaptureInput.MaxWindow, "bounds within the window");
    });

    [Test]
    public void Pcapng_interfaces() => Run(static (bytes, at, number) =>
    {
        var options = bytes.AsSpan(at);
        _ = PcapngInterface.Parse(options, new ByteOrder(number % 2 == 0), out var found);
        _ = found.Timescale.TryConvert((ulong)at << 40, out _);
        ReadOnlySpan<byte> rest = options;
        while (PcapngInterface.TryReadOption(ref rest, new ByteOrder(number % 2 == 0), out _, out var value))
            Check(value.Length <= options.Length, "a value within the list");
    });

    [Test]
    public void Pcapng_packets() => Run(static (bytes, at, number) =>
    {
        var body = bytes.AsSpan(at);
        foreach (var type in new[] { PcapngBlock.EnhancedPacket, PcapngBlock.SimplePacket, PcapngBlock.ObsoletePacket })
        {
            var interfaces = new PcapngInterface[number % 4];
            if (PcapngPacket.Parse(type, body, new ByteOrder(number % 2 == 0), interfaces, out var packet) is not null) continue;
            Check(packet.Interface < interfaces.Length, "an interface that is there");
            Check(packet.DataOffset + packet.CapturedLength <= body.Length, "bytes that are there");
        }
    });

    [Test]
    public void Frames() => Run(static (bytes, at, number) =>
    {
        var part = bytes.AsSpan(at);
        foreach (var linkType in LinkTypes) CheckFrame(UdpFrame.Parse(linkType, part, (uint)(part.Length + number % 2)), part);
    });

    /// <summary>The whole of a replay, fragments, holes, copies, stories and page included.</summary>
    [Test]
    public void Replays()
    {
        var file = Path.GetTempFileName();
        try
        {
            Run((bytes, _, number) =>
            {
                // A replay takes longer than a look.
                if (Environment.GetEnvironmentVariable("FLYTFTP_FUZZ") is null && number % 10 != 0) return;
                File.WriteAllBytes(file, bytes);
                using var capture = CaptureFile.Open(file);
                var told = 0;
                var summary = Replayer.Run(capture, new ReplayOptions { HasLadders = true, Transcript = TextWriter.Null, OnSession = result => told += result.ToString().Any(char.IsControl) ? 1000 : 1 });
                Check(told == summary.Sessions, "each session told once, in one line");
                Check(summary.Packets <= bytes.Length / PcapngBlock.MinLength, "fewer packets than smallest blocks");
                Check(!summary.ToString().Any(char.IsControl), "a summary in one line");
                LadderHtml.Write(TextWriter.Null, new LadderPage("fuzz", summary.ToString(), summary.Ladders));
            });
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What was understood is written and read again: it must be the same.</summary>
    [Test]
    public void Datagrams_written_again() => Run(static (bytes, _, _) =>
    {
        var first = ReadCapture.From(bytes).Packets
            .Select(packet => (Packet: packet, Frame: UdpFrame.Parse(packet)))
            .Where(pair => pair is { Frame.Kind: FrameKind.Udp, Packet.Time.Nanoseconds: >= 0 }).ToList();
        using var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        foreach (var (packet, frame) in first) writer.Write(packet.Time, frame.Source, frame.Destination, frame.PayloadOf(packet).Span);
        writer.Flush();

        var again = ReadCapture.From(stream.ToArray());
        Check(again.Fault is null && again.Packets.Count == first.Count, "all of them");
        for (var index = 0; index < first.Count; index++)
        {
            var (before, after) = (first[index], (Packet: again.Packets[index], Frame: UdpFrame.Parse(again.Packets[index])));
            Check(before.Packet.Time == after.Packet.Time, "the same time");
            Check((before.Frame.Source, before.Frame.Destination) == (after.Frame.Source, after.Frame.Destination), "the same endpoints");
            Check(before.Frame.PayloadOf(before.Packet).Span.SequenceEqual(after.Frame.PayloadOf(after.Packet).Span), "the same payload");
        }
    });

    private static void CheckCapture(ReadCapture read, byte[] bytes)
    {
        Check(read.Packets.Count <= bytes.Length / PcapngBlock.MinLength, "fewer packets than smallest blocks");
        Check(read.Offset <= bytes.Length, "an offset within the file");
        Check(read.Fault is not null || read.Offset == bytes.Length, "the file's end or a fault");
        Check(read.Fault is null || read.Fault.Offset >= 0 && read.Fault.Offset <= bytes.Length, "a fault within the file");
        Check(read.Fault is null || !read.Fault.Expected.Any(char.IsControl), "a fault in one line");
        foreach (var packet in read.Packets)
        {
            Check(packet.Bytes.Length <= Math.Min(bytes.Length, CaptureReader.MaxPacketLength), "a packet within the file");
            CheckFrame(UdpFrame.Parse(packet), packet.Bytes.Span);
        }
    }

    private static void CheckFrame(UdpFrame frame, ReadOnlySpan<byte> bytes)
    {
        Check(frame.PayloadOffset >= 0 && frame.PayloadLength >= 0 && frame.PayloadOffset + frame.PayloadLength <= bytes.Length, "a payload within the packet");
        Check((frame.Kind is FrameKind.Truncated or FrameKind.Malformed or FrameKind.NetworkError or FrameKind.Unread) == (frame.Detail is not null), "a detail where something is wrong");
        Check(frame.Kind is FrameKind.Udp or FrameKind.Truncated || frame.PayloadLength == 0, "a payload of UDP only");
        Check(frame.Kind == FrameKind.Truncated || frame.MissingLength == 0, "bytes missing where some were cut off");
        Check(frame.Fragment is not { } part ? frame.Kind != FrameKind.Fragment : part.Begin >= 0 && part.Captured >= 0 && part.Begin + part.Captured <= bytes.Length, "a fragment within the packet");
        if (frame.Kind == FrameKind.Udp) _ = PacketReader.Read(bytes.Slice(frame.PayloadOffset, frame.PayloadLength)).ToString();
    }

    private static void Run(Action<byte[], int, int> target)
    {
        var (first, end) = Numbers();
        var watch = Stopwatch.StartNew();
        for (var number = first; number < end; number++)
        {
            var (bytes, at) = Mutator.Make(number);
            try
            {
                target(bytes, at, number);
            }
            catch (Exception exception)
            {
                Assert.Fail($"Input {number}: {exception}\nFLYTFTP_FUZZ={number}..{number + 1} dotnet test --filter "
                    + TestContext.CurrentContext.Test.FullName);
            }
        }

        TestContext.Out.WriteLine($"inputs {first}..{end}, {watch.Elapsed.TotalSeconds:F1} s, no fault");
        Assert.That(end, Is.GreaterThan(first));
    }

    private static (int First, int End) Numbers()
    {
        if (Environment.GetEnvironmentVariable("FLYTFTP_FUZZ") is not { Length: > 0 } text) return (0, FewInputs);
        var range = text.Split("..");
        return range.Length == 2 ? (int.Parse(range[0]), int.Parse(range[1])) : (0, int.Parse(text));
    }

    private static void Check(bool holds, string promise)
    {
        if (!holds) throw new InvalidOperationException($"Broken promise: {promise}.");
    }
}
