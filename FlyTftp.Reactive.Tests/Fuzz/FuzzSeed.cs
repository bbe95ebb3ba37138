using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;

namespace FlyTftp.Reactive.Tests.Fuzz;

/// <summary>A small well-formed capture to be spoilt.</summary>
/// <param name="Headers">Where its header, its records or blocks, and the packets in them begin: the places worth spoiling.</param>
internal sealed record FuzzSeed(byte[] Bytes, int[] Headers)
{
    private const int RecordsEach = 12, RunsEach = 4;

    /// <summary>Runs of records out of every recorded boot, the same as pcapng, and pcapng with everything that is rare.</summary>
    public static IReadOnlyList<FuzzSeed> All { get; } =
    [
        .. Recordings.OfFirmware.SelectMany(name => Runs(File.ReadAllBytes(Recordings.PathOf(name)))),
        .. Recordings.OfFirmware.Select(name => AsPcapng(Runs(File.ReadAllBytes(Recordings.PathOf(name))).First().Bytes)),
        Rare(isBigEndian: false), Rare(isBigEndian: true), Links(isBigEndian: false), Links(isBigEndian: true), Old(), Snoop(),
        .. new[] { "02-window.pcap", "03-snap96.pcap", "04-frag.pcap", "08-merged.pcap", "10-twoservers.pcap" }
            .SelectMany(static name => Runs(File.ReadAllBytes(Recordings.PathOf(Path.Combine("Imperfect", name))))),
    ];

    private static IEnumerable<FuzzSeed> Runs(byte[] capture)
    {
        var records = new List<Range>();
        for (var begin = 24; begin < capture.Length;)
        {
            var end = begin + 16 + BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(begin + 8));
            records.Add(begin..end);
            begin = end;
        }

        for (var run = 0; run < RunsEach; run++)
        {
            var bytes = new List<byte>(capture[..24]);
            var headers = new List<int> { 0 };
            foreach (var record in records.Skip(records.Count / RunsEach * run).Take(RecordsEach))
            {
                headers.AddRange([bytes.Count, bytes.Count + 16, bytes.Count + 16 + 14]);
                bytes.AddRange(capture[record]);
            }

            yield return new FuzzSeed([.. bytes], [.. headers]);
        }
    }

    private static FuzzSeed AsPcapng(byte[] capture)
    {
        var stream = new MemoryStream();
        var writer = new PcapngWriter(stream);
        foreach (var packet in ReadCapture.From(capture).Packets)
        {
            var frame = UdpFrame.Parse(packet);
            if (frame.Kind == FrameKind.Udp) writer.Write(packet.Time, frame.Source, frame.Destination, frame.PayloadOf(packet).Span);
        }

        var ipv6 = Endpoint.IPv6([0xFE, 0x80, .. new byte[13], 1], 1069);
        writer.Write(default, ipv6, ipv6, "\0\u0001x\0octet\0"u8);
        writer.WritePortUnreachable(default, ipv6, ipv6);
        writer.WritePortUnreachable(default, Endpoint.IPv4(1, 1), Endpoint.IPv4(2, 2));
        writer.Flush();
        return OfBlocks(stream.ToArray(), BinaryPrimitives.ReadInt32LittleEndian);
    }

    /// <summary>Two sections, three interfaces, clocks of all kinds, all packet blocks, options, an unknown block.</summary>
    private static FuzzSeed Rare(bool isBigEndian)
    {
        var capture = new CaptureBytes(isBigEndian);
        byte[] ip = Convert.FromHexString("450000200000400040110000C0000201C0000202C3500045000C000000040001");
        byte[] fragment = Convert.FromHexString(
            "6000000000242C40" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002" +
            "0000000100000001" + "2B00010400000000" + "1100010400000000" + "C3500045000C000000040001");
        capture.Section()
            .Interface(LinkType.Raw, 0, [.. capture.Option(2, "eth0"u8), .. capture.Option(9, 0x80 | 20), .. capture.Option(14, 0, 0, 0, 0, 0, 0, 0, 9), .. capture.Option(0)])
            .Interface(LinkType.IPv4, 20).Interface(LinkType.IPv6, 0, capture.Option(9, 12))
            .Enhanced(0, 1UL << 40, ip).Block(5, new byte[24]).Enhanced(2, 1UL << 50, fragment).Simple(ip.AsSpan(0, 20), original: 32).Obsolete(1, 77, ip)
            .Section().Block(0xBAD, new byte[64]).Interface(LinkType.Raw).Enhanced(0, 5, fragment, original: 1000).Simple(ip);
        return OfBlocks(capture.ToArray(), isBigEndian ? BinaryPrimitives.ReadInt32BigEndian : BinaryPrimitives.ReadInt32LittleEndian);
    }

    /// <summary>One packet of every link type, each on an interface of its own.</summary>
    private static FuzzSeed Links(bool isBigEndian)
    {
        byte[] ip = Convert.FromHexString("450000200000400040110000C0000201C0000202C3500045000C000000040001");
        (int LinkType, string Header)[] links =
        [
            (LinkType.Ethernet, "5254001234565254000000010800"), (LinkType.Ethernet, "52540012345652540000000188A80001810000640800"),
            (LinkType.BsdNull, "02000000"), (LinkType.BsdLoop, "00000002"), (LinkType.LinuxCooked, "00040001000652540012345600000800"),
            (LinkType.LinuxCooked2, "0800000000000002000104065254001234560000"), (LinkType.RawBsd, ""), (LinkType.RawOpenBsd, ""),
            (LinkType.Raw, "4500003C0000400040010000C0000201C00002020303000000000000"), (LinkType.IPv4, ""),
            (LinkType.Raw, "4500003C0000400040010000C0000201C00002020304000000000000"), (LinkType.Ethernet, "525400123456525400000001002CAAAA030000000800"),
            (LinkType.Ethernet, "5254001234565254000000018847000100400002014000"[..44]), (LinkType.PppoE, "1100000100220021"), (LinkType.Ppp, "FF030021"),
            (LinkType.CiscoHdlc, "0F000800"), (LinkType.Radiotap, "0000090000000000000802000052540012345652540000000152540000000100 00AAAA030000000800".Replace(" ", "", StringComparison.Ordinal)),
            (LinkType.Wireless, "080100005254001234565254000000015254000000010000AAAA030000000800"), (LinkType.Wireless, "084100005254001234565254000000015254000000010000AAAA030000000800"),
            (LinkType.Nflog, "020000050800010008000301" + "28000900"), (LinkType.Raw, "450000340000400040040000C0000201C0000202"),
            (LinkType.Raw, "4500006000004000402F0000C0000201C0000202300065580000000100000002" + "5254001234565254000000010800"),
            (LinkType.Raw, "4500006000004000402F0000C0000201C0000202100088BE000000011001000100000000" + "5254001234565254000000010800"),
            (LinkType.Raw, "450000520000400040110000C0000201C0000202C00012B5003E00000800000000000100" + "5254001234565254000000010800"),
            (LinkType.Raw, "450000500000400040110000C0000201C0000202C0009090003C0000010000010A010101" + "5254001234565254000000010800"),
        ];
        var capture = new CaptureBytes(isBigEndian).Section();
        foreach (var (linkType, _) in links) capture.Interface(linkType);
        for (var number = 0; number < links.Length; number++)
            capture.Enhanced((uint)number, (ulong)number, [.. Convert.FromHexString(links[number].Header), .. ip]);
        return OfBlocks(capture.ToArray(), isBigEndian ? BinaryPrimitives.ReadInt32BigEndian : BinaryPrimitives.ReadInt32LittleEndian);
    }

    /// <summary>Modified pcap of an old version, then one of today.</summary>
    private static FuzzSeed Old()
    {
        byte[] ip = Convert.FromHexString("450000200000400040110000C0000201C0000202C3500045000C000000040001");
        var capture = new CaptureBytes().PcapHeader(0xA1B2CD34, LinkType.Raw, minor: 3);
        for (var second = 1u; second < 4; second++) capture.UInt32(second).UInt32(0).UInt32((uint)ip.Length).UInt32((uint)ip.Length).UInt32(3).UInt32(0).Bytes(ip);
        capture.PcapHeader(CaptureBytes.Nanoseconds, LinkType.Raw).PcapRecord(5, 0, ip);
        return new FuzzSeed(capture.ToArray(), [0, 24, 48, 80, 104, 136, 160, 192, 216, 232]);
    }

    private static FuzzSeed Snoop()
    {
        byte[] frame = Convert.FromHexString("5254001234565254000000010800" + "450000200000400040110000C0000201C0000202C3500045000C000000040001");
        var capture = new CaptureBytes(isBigEndian: true).Bytes("snoop\0\0\0"u8).UInt32(2).UInt32(4);
        for (var second = 1u; second < 4; second++) capture.UInt32(46).UInt32(46).UInt32(72).UInt32(0).UInt32(second).UInt32(0).Bytes(frame).UInt16(0);
        return new FuzzSeed(capture.ToArray(), [0, 16, 40, 54, 88, 112, 126, 160]);
    }

    private static FuzzSeed OfBlocks(byte[] bytes, Func<ReadOnlySpan<byte>, int> length)
    {
        var headers = new List<int>();
        for (var begin = 0; begin < bytes.Length; begin += length(bytes.AsSpan(begin + 4))) headers.AddRange([begin, begin + 8, begin + 28]);
        return new FuzzSeed(bytes, [.. headers.Where(header => header < bytes.Length)]);
    }
}
