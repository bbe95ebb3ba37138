using System.Net;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Frames;

/// <summary>All packets here are spelled out in hexadecimal; blanks are for the reader's eye.</summary>
public class UdpFrameTests
{
    private const string
        Ack = "00040001",
        Udp = "C350 0045 000C 0000" + Ack,
        IPv4 = "4500 0020 0000 4000 40 11 0000 C0000201 C0000202",
        IPv4Udp = IPv4 + Udp,
        Addresses6 = "20010DB8 00000000 00000000 00000001 20010DB8 00000000 00000000 00000002",
        IPv6Udp = "60000000 000C 11 40" + Addresses6 + Udp,
        Macs = "525400123456 525400ABCDEF";

    private static readonly Endpoint
        Client = Endpoint.From(IPAddress.Parse("192.0.2.1"), 50000),
        Server = Endpoint.From(IPAddress.Parse("192.0.2.2"), 69),
        Client6 = Endpoint.From(IPAddress.Parse("2001:db8::1"), 50000),
        Server6 = Endpoint.From(IPAddress.Parse("2001:db8::2"), 69);

    [TestCase(LinkType.Ethernet, Macs + "0800", TestName = "Ethernet")]
    [TestCase(LinkType.Ethernet, Macs + "8100 0064 0800", TestName = "Ethernet with an 802.1Q tag")]
    [TestCase(LinkType.Ethernet, Macs + "88A8 0001 8100 0064 0800", TestName = "Ethernet with two tags, 802.1ad")]
    [TestCase(LinkType.Ethernet, Macs + "9100 0001 8100 0064 0800", TestName = "Ethernet with two tags, as before 802.1ad")]
    [TestCase(LinkType.Ethernet, Macs + "8100 0001 8100 0002 8100 0003 8100 0004 0800", TestName = "Ethernet with four tags")]
    [TestCase(LinkType.Raw, "", TestName = "Raw IP")]
    [TestCase(LinkType.RawBsd, "", TestName = "Raw IP by its number 12")]
    [TestCase(LinkType.RawOpenBsd, "", TestName = "Raw IP by its number 14")]
    [TestCase(LinkType.IPv4, "", TestName = "Raw IPv4")]
    [TestCase(LinkType.BsdNull, "02000000", TestName = "BSD null of a little-endian machine")]
    [TestCase(LinkType.BsdNull, "00000002", TestName = "BSD null of a big-endian machine")]
    [TestCase(LinkType.BsdLoop, "00000002", TestName = "BSD loop")]
    [TestCase(LinkType.LinuxCooked, "0004 0001 0006 525400123456 0000 0800", TestName = "Linux cooked")]
    [TestCase(LinkType.LinuxCooked, "0004 0001 0006 525400123456 0000 8100 0064 0800", TestName = "Linux cooked with a tag")]
    [TestCase(LinkType.LinuxCooked2, "0800 0000 00000002 0001 04 06 5254001234560000", TestName = "Linux cooked 2")]
    [TestCase(LinkType.LinuxCooked2, "8100 0000 00000002 0001 04 06 5254001234560000 0064 0800", TestName = "Linux cooked 2 with a tag")]
    public void Finds_IPv4_behind(int linkType, string header)
    {
        var bytes = Hex(header + IPv4Udp);
        Assert.That(Parse(bytes, linkType),
            Is.EqualTo(new UdpFrame(FrameKind.Udp, Client, Server, bytes.Length - 4, 4)));
    }

    [TestCase(LinkType.Ethernet, Macs + "86DD")]
    [TestCase(LinkType.Ethernet, Macs + "8100 0064 86DD")]
    [TestCase(LinkType.Raw, "")]
    [TestCase(LinkType.IPv6, "")]
    [TestCase(LinkType.BsdNull, "18000000")]
    [TestCase(LinkType.BsdNull, "1C000000")]
    [TestCase(LinkType.BsdNull, "1E000000")]
    [TestCase(LinkType.BsdNull, "0000001E")]
    [TestCase(LinkType.BsdLoop, "00000018")]
    [TestCase(LinkType.LinuxCooked, "0000 0304 0006 000000000000 0000 86DD")]
    [TestCase(LinkType.LinuxCooked2, "86DD 0000 00000001 0304 00 06 0000000000000000")]
    public void Finds_IPv6_behind(int linkType, string header)
    {
        var bytes = Hex(header + IPv6Udp);
        Assert.That(Parse(bytes, linkType),
            Is.EqualTo(new UdpFrame(FrameKind.Udp, Client6, Server6, bytes.Length - 4, 4)));
    }

    [Test]
    public void Leaves_the_padding_of_a_short_Ethernet_frame_out()
    {
        var bytes = Hex(Macs + "0800" + IPv4Udp + "0000 0000 0000 0000 0000 0000 0000");
        Assert.That(Parse(bytes, LinkType.Ethernet), Is.EqualTo(new UdpFrame(FrameKind.Udp, Client, Server, 14 + 28, 4)));
    }

    [Test]
    public void Gives_the_payload_out_of_the_packet()
    {
        var packet = new CapturedPacket(default, true, LinkType.Raw, Hex(IPv4Udp), 32);
        Assert.That(UdpFrame.Parse(packet).PayloadOf(packet).ToArray(), Is.EqualTo(Hex(Ack)));
    }

    [Test]
    public void Passes_over_IPv4_options() =>
        Assert.That(Raw("4700 0028 0000 4000 40 11 0000 C0000201 C0000202 0101010194040000" + Udp),
            Is.EqualTo(new UdpFrame(FrameKind.Udp, Client, Server, 36, 4)));

    [Test]
    public void Takes_UDP_without_a_payload() =>
        Assert.That(Raw("4500 001C 0000 4000 40 11 0000 C0000201 C0000202 C350 0045 0008 0000"),
            Is.EqualTo(new UdpFrame(FrameKind.Udp, Client, Server, 28, 0)));

    // Next header of each extension, its length in bytes beyond the first eight by eights, its contents.
    [TestCase("00", "11 00 0502 0000 0100", TestName = "Hop-by-hop options")]
    [TestCase("2B", "11 02 0400 00000000" + "20010DB8000000000000000000000009", TestName = "Routing")]
    [TestCase("3C", "11 00 0104 00000000", TestName = "Destination options")]
    [TestCase("2C", "11 00 0000 12345678", TestName = "A fragment header of a whole packet (RFC 6946)")]
    [TestCase("00", "2B 00 0104 00000000" + "3C 00 0400 00000000" + "11 01 010C 000000000000000000000000", TestName = "Three of them")]
    public void Passes_over_IPv6_extension_headers(string first, string extensions)
    {
        var length = Hex(extensions).Length;
        Assert.That(Raw($"60000000 {length + 12:X4} {first} 40" + Addresses6 + extensions + Udp),
            Is.EqualTo(new UdpFrame(FrameKind.Udp, Client6, Server6, 40 + length + 8, 4)));
    }

    [TestCase("4500 0020 0001 2000 40 11 0000 C0000201 C0000202" + Udp, TestName = "The first of IPv4")]
    [TestCase("4500 0020 0001 00B9 40 11 0000 C0000201 C0000202" + Udp, TestName = "The last of IPv4")]
    [TestCase("60000000 0014 2C 40" + Addresses6 + "11 00 0001 00000001" + Udp, TestName = "The first of IPv6")]
    [TestCase("60000000 0014 2C 40" + Addresses6 + "11 00 05A8 00000001" + Udp, TestName = "The last of IPv6")]
    [TestCase("60000000 0014 2C 40" + Addresses6 + "3C 00 05A8 00000001" + Udp, TestName = "One of IPv6 that begins with destination options")]
    public void Leaves_fragments_to_be_put_together(string packet) => Assert.That(Raw(packet), Is.EqualTo(new UdpFrame(FrameKind.Fragment)));

    [TestCase(LinkType.Ethernet, Macs + "0806 0001 0800 06 04 0001", TestName = "ARP")]
    [TestCase(LinkType.Ethernet, Macs + "0026 4242 03", TestName = "Spanning tree in an 802.3 frame")]
    [TestCase(LinkType.Ethernet, Macs + "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 0800" + IPv4Udp, TestName = "More tags than anybody uses")]
    [TestCase(LinkType.BsdNull, "07000000 00", TestName = "Another address family")]
    [TestCase(LinkType.Raw, "4500 0014 0000 4000 40 06 0000 C0000201 C0000202", TestName = "TCP")]
    [TestCase(LinkType.Raw, "4500 0014 0001 2000 40 06 0000 C0000201 C0000202", TestName = "A fragment of TCP")]
    [TestCase(LinkType.Raw, "60000000 0008 3A 40" + Addresses6 + "8000 0000 00000000", TestName = "ICMPv6 echo")]
    [TestCase(LinkType.Raw, "4500 001C 0000 4000 40 01 0000 C0000201 C0000202 0800 0000 00000000", TestName = "ICMP echo")]
    [TestCase(LinkType.Raw, "4500 0030 0000 4000 40 3A 0000 C0000201 C0000202 0104 0000 00000000" + IPv4Udp, TestName = "ICMPv6 in IPv4")]
    public void Lets_others_be_others(int linkType, string packet) =>
        Assert.That(Parse(Hex(packet), linkType), Is.EqualTo(new UdpFrame(FrameKind.Other)));

    [TestCase(147)]
    [TestCase(-1)]
    [TestCase(int.MaxValue)]
    public void Names_a_link_type_it_does_not_know(int linkType) =>
        Assert.That(Parse(Hex(IPv4Udp), linkType), Is.EqualTo(new UdpFrame(FrameKind.UnknownLinkType)));

    [TestCase("4400 0020 0000 4000 40 11 0000 C0000201 C0000202" + Udp, "IPv4 header length below 20")]
    [TestCase("4500 0013 0000 4000 40 11 0000 C0000201 C0000202" + Udp, "IPv4 total length below the header's")]
    [TestCase("4500 0021 0000 4000 40 11 0000 C0000201 C0000202 C350 0045 000D 0000" + Ack, "shorter than its UDP length")]
    [TestCase("4500 0020 0000 4000 40 11 0000 C0000201 C0000202 C350 0045 000D 0000" + Ack, "UDP length is not within the IP payload's")]
    [TestCase("4500 0020 0000 4000 40 11 0000 C0000201 C0000202 C350 0045 0007 0000" + Ack, "UDP length is not within the IP payload's")]
    [TestCase("4500 001B 0000 4000 40 11 0000 C0000201 C0000202" + Udp, "IP payload shorter than a UDP header")]
    [TestCase("7500 0020 0000 4000 40 11 0000 C0000201 C0000202" + Udp, "IP version is not what its link type says")]
    [TestCase("60000000 0007 11 40" + Addresses6 + Udp, "IP payload shorter than a UDP header")]
    [TestCase("60000000 0004 00 40" + Addresses6 + "11 00 0104 00000000" + Udp, "IPv6 payload length below that of its extension headers")]
    [TestCase("60000000 000C 00 40" + Addresses6 + "11 FF 0104 00000000", "shorter than its IPv6 extension headers")]
    [TestCase("", "shorter than its IP header")]
    public void Names_what_contradicts_itself(string packet, string detail) =>
        Assert.That(Raw(packet), Is.EqualTo(new UdpFrame(FrameKind.Malformed, Detail: detail)));

    [Test]
    public void Does_not_go_through_endless_extension_headers()
    {
        var extensions = string.Concat(Enumerable.Repeat("00 00 0104 00000000", 9));
        Assert.That(Raw("60000000 0054 00 40" + Addresses6 + extensions + Udp).Detail, Is.EqualTo("too many IPv6 extension headers"));
    }

    [Test]
    public void Believes_the_link_layer_about_the_version_of_IP() =>
        Assert.That(Parse(Hex(Macs + "86DD" + IPv4Udp), LinkType.Ethernet).Detail, Is.EqualTo("IP version is not what its link type says"));

    /// <summary>Wherever a packet is cut off: truncated if the capture did it, malformed if it came so short, and never more than that.</summary>
    [TestCase(LinkType.Ethernet, Macs + "8100 0064 0800" + IPv4Udp)]
    [TestCase(LinkType.Ethernet, Macs + "86DD" + "60000000 001C 00 40" + Addresses6 + "2C 00 0104 00000000 11 00 0000 12345678" + Udp)]
    [TestCase(LinkType.LinuxCooked2, "0800 0000 00000002 0001 04 06 5254001234560000" + IPv4Udp)]
    [TestCase(LinkType.BsdNull, "02000000" + IPv4Udp)]
    [TestCase(LinkType.IPv4, "4500 003C 0000 4000 40 01 0000 C0000201 C0000202 0303 0000 00000000" + IPv4 + "C350 0045")]
    public void Tells_cut_off_by_the_capture_from_short_by_itself(int linkType, string packet)
    {
        var bytes = Hex(packet);
        Assert.That(Parse(bytes, linkType).Kind, Is.EqualTo(FrameKind.Udp).Or.EqualTo(FrameKind.PortUnreachable));
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = UdpFrame.Parse(linkType, bytes.AsSpan(0, length), (uint)bytes.Length);
            var whole = UdpFrame.Parse(linkType, bytes.AsSpan(0, length), (uint)length);
            Assert.That(cut.Kind, Is.EqualTo(FrameKind.Truncated), $"{length} bytes");
            Assert.That(whole.Kind, Is.EqualTo(FrameKind.Malformed), $"{length} bytes");
            Assert.That(cut.Detail, Is.Not.Null.And.EqualTo(whole.Detail), $"{length} bytes");
        }
    }

    /// <summary>The client says that its port is closed, about a datagram of the server's of which eight bytes are quoted.</summary>
    [Test]
    public void Recognises_a_closed_port_by_ICMP() =>
        Assert.That(
            Raw("4500 0038 0000 0000 40 01 0000 C0000201 C0000202 0303 0000 00000000" +
                "4500 0220 0000 4000 40 11 0000 C0000202 C0000201 0045 C350 020C 0000"),
            Is.EqualTo(new UdpFrame(FrameKind.PortUnreachable, Client, Server)));

    [Test]
    public void Recognises_a_closed_port_by_ICMPv6() =>
        Assert.That(
            Raw("60000000 0040 3A 40" + Addresses6 + "0104 0000 00000000" + "60000000 0014 00 40" +
                "20010DB8 00000000 00000000 00000002 20010DB8 00000000 00000000 00000001" + "11 00 0104 00000000" + "0045 C350 000C 0000"),
            Is.EqualTo(new UdpFrame(FrameKind.PortUnreachable, Client6, Server6)));

    [TestCase("4500 0028 0000 4000 40 06 0000 C0000202 C0000201 0050 C350 00000000", TestName = "A closed port of TCP")]
    [TestCase("4500 0220 0000 0010 40 11 0000 C0000202 C0000201 0045 C350 020C 0000", TestName = "A closed port of a fragment")]
    public void Lets_be_what_quotes_no_UDP_header(string quoted) =>
        Assert.That(Raw("4500 0038 0000 0000 40 01 0000 C0000201 C0000202 0303 0000 00000000" + quoted).Kind, Is.EqualTo(FrameKind.Other));

    [TestCase("0301", "ICMP host unreachable")]
    [TestCase("0304", "ICMP fragmentation needed")]
    [TestCase("030D", "ICMP administratively prohibited")]
    [TestCase("0B00", "ICMP time exceeded")]
    public void Names_other_errors_of_the_network(string typeAndCode, string name) =>
        Assert.That(
            Raw("4500 0038 0000 0000 40 01 0000 C0000209 C0000202 " + typeAndCode + " 0000 00000000" +
                "4500 0220 0000 4000 40 11 0000 C0000202 C0000201 0045 C350 020C 0000"),
            Is.EqualTo(new UdpFrame(FrameKind.NetworkError, Client, Server, Detail: name)));

    [TestCase(LinkType.Ethernet, Macs + "002C AAAA03 000000 0800", TestName = "LLC and SNAP")]
    [TestCase(LinkType.Ethernet, Macs + "8100 0064 002C AAAA03 000000 0800", TestName = "LLC and SNAP behind a tag")]
    [TestCase(LinkType.Ethernet, Macs + "8847 00010 0 40 00020 1 40", TestName = "MPLS with two labels")]
    [TestCase(LinkType.Ethernet, Macs + "8864 11 00 0001 0022 0021", TestName = "PPPoE on Ethernet")]
    [TestCase(LinkType.PppoE, "11 00 0001 0022 0021", TestName = "PPPoE")]
    [TestCase(LinkType.Ppp, "0021", TestName = "PPP")]
    [TestCase(LinkType.Ppp, "FF03 0021", TestName = "PPP with address and control")]
    [TestCase(LinkType.PppSerial, "FF03 21", TestName = "PPP with a short protocol number")]
    [TestCase(LinkType.PppSerial, "0F00 0800", TestName = "Cisco HDLC by PPP's number")]
    [TestCase(LinkType.CiscoHdlc, "0F00 0800", TestName = "Cisco HDLC")]
    [TestCase(LinkType.Wireless, "0801 0000" + Macs + "525400000001 0000 AAAA03 000000 0800", TestName = "802.11")]
    [TestCase(LinkType.Wireless, "8801 0000" + Macs + "525400000001 0000 0000 AAAA03 000000 0800", TestName = "802.11 with QoS")]
    [TestCase(LinkType.Radiotap, "0000 0900 00000000 00" + "0802 0000" + Macs + "525400000001 0000 AAAA03 000000 0800", TestName = "802.11 with radiotap")]
    [TestCase(LinkType.Nflog, "02 00 0005 0800 0100 08000301 2800 0900", TestName = "NFLOG with a prefix")]
    [TestCase(LinkType.Raw, "4500 0034 0000 4000 40 04 0000 C0000201 C0000202", TestName = "IP in IP")]
    [TestCase(LinkType.Raw, "4500 0038 0000 4000 40 2F 0000 C0000201 C0000202 0000 0800", TestName = "GRE")]
    [TestCase(LinkType.Raw, "4500 0060 0000 4000 40 2F 0000 C0000201 C0000202 3000 6558 00000001 00000002" + Macs + "0800", TestName = "GRE with key and sequence, bridged")]
    [TestCase(LinkType.Raw, "4500 0060 0000 4000 40 2F 0000 C0000201 C0000202 1000 88BE 00000001 1001000100000000" + Macs + "0800", TestName = "ERSPAN II")]
    [TestCase(LinkType.Raw, "4500 0060 0000 4000 40 2F 0000 C0000201 C0000202 0000 88BE" + Macs + "0800", TestName = "ERSPAN I")]
    [TestCase(LinkType.Raw, "4500 0060 0000 4000 40 2F 0000 C0000201 C0000202 1000 22EB 00000001 200100010000000000000000" + Macs + "0800", TestName = "ERSPAN III")]
    [TestCase(LinkType.Raw, "4500 0052 0000 4000 40 11 0000 C0000201 C0000202 C000 12B5 003E 0000 0800000000000100" + Macs + "0800", TestName = "VXLAN")]
    [TestCase(LinkType.Raw, "4500 0052 0000 4000 40 11 0000 C0000201 C0000202 C000 17C1 003E 0000 0000655800000100" + Macs + "0800", TestName = "Geneve")]
    [TestCase(LinkType.Raw, "4500 0050 0000 4000 40 11 0000 C0000201 C0000202 C000 9090 003C 0000 01000001 0A0101 01" + Macs + "0800", TestName = "TZSP")]
    public void Finds_IPv4_in(int linkType, string header)
    {
        var bytes = Hex(header + IPv4Udp);
        Assert.That(Parse(bytes, linkType), Is.EqualTo(new UdpFrame(FrameKind.Udp, Client, Server, bytes.Length - 4, 4)));
    }

    [TestCase(LinkType.Wireless, "0841 0000" + Macs + "525400000001 0000 AAAA03 000000 0800" + IPv4Udp, "enciphered 802.11")]
    [TestCase(LinkType.Raw, "4500 0038 0000 4000 40 32 0000 C0000201 C0000202 0000 0800", "IPsec ESP")]
    public void Names_what_cannot_be_read(int linkType, string packet, string what) =>
        Assert.That(Parse(Hex(packet), linkType), Is.EqualTo(new UdpFrame(FrameKind.Unread, Detail: what)));

    [Test]
    public void Does_not_go_through_endless_tunnels() =>
        Assert.That(Raw(string.Concat(Enumerable.Repeat("4500 0050 0000 4000 40 04 0000 C0000201 C0000202", 9)) + IPv4Udp).Kind, Is.EqualTo(FrameKind.Other));

    [Test]
    public void Gives_what_there_is_of_a_datagram_that_was_cut_off()
    {
        var bytes = Hex(IPv4Udp);
        var frame = UdpFrame.Parse(LinkType.Raw, bytes.AsSpan(0, 30), 32);
        Assert.That((frame.Kind, frame.Source, frame.Destination, frame.PayloadLength, frame.MissingLength), Is.EqualTo((FrameKind.Truncated, Client, Server, 2, 2)));
    }

    private static UdpFrame Raw(string packet) => Parse(Hex(packet), LinkType.Raw);

    /// <summary>Without what only a walk over a capture needs.</summary>
    private static UdpFrame Parse(byte[] bytes, int linkType) =>
        UdpFrame.Parse(linkType, bytes, (uint)bytes.Length) with { IpOffset = 0, Reporter = default, Fragment = default };

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
