using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Boots;

public class ClientKindsTests
{
    /// <summary>The recorded boots, whose clients are known.</summary>
    [TestCase("ipxe-bios.pcap", "Ipxe")]
    [TestCase("ovmf-uefi.pcap", "Edk2 Ipxe")]
    [TestCase("grub-efi.pcap", "Edk2 Grub")]
    [TestCase("pxelinux.pcap", "Ipxe Syslinux")]
    [TestCase("lpxelinux.pcap", "Ipxe Syslinux")]
    [TestCase("syslinux-efi.pcap", "Edk2 Syslinux")]
    [TestCase("u-boot.pcap", "UBoot")]
    [TestCase("curl.port6969.pcapng", "Curl")]
    [TestCase("atftp.port6969.pcapng", "Atftp Unknown")]
    [TestCase("tftp-hpa.port6969.pcapng", "Unknown")]
    public void Recognises_the_clients_of(string capture, string kinds)
    {
        var found = ReadCapture.From(File.ReadAllBytes(Recordings.PathOf(capture))).Packets
            .Select(static packet => (Packet: packet, Frame: UdpFrame.Parse(packet)))
            .Where(pair => pair.Frame.Kind == FrameKind.Udp && pair.Frame.Destination.Port == Recordings.PortOf(capture))
            .Select(static pair => PacketReader.Read(pair.Frame.PayloadOf(pair.Packet).Span))
            .Where(static packet => packet.IsRequest)
            .Select(static packet => ClientKinds.Of(packet.Request)).Distinct();
        Assert.That(string.Join(' ', found), Is.EqualTo(kinds));
    }

    [TestCase("RRQ \\Boot\\BCD octet", ClientKind.Windows)]
    [TestCase("RRQ boot.wim octet tsize=0 blksize=1456 msftwindow=31416", ClientKind.Windows)]
    [TestCase("RRQ 4a51ae6f/start4.elf octet", ClientKind.RaspberryPi)]
    [TestCase("RRQ SEP001122334455.cnf.xml octet", ClientKind.Cisco)]
    [TestCase("RRQ x octet tsize=0 blksize=1456", ClientKind.PxeRom)]
    [TestCase("RRQ x octet blksize=1428 tsize=0 windowsize=8", ClientKind.FlyTftp)]
    [TestCase("RRQ x octet BLKSIZE=1432 TSIZE=0", ClientKind.Ipxe)]
    [TestCase("RRQ x octet blksize=9999999999999999999999", ClientKind.Unknown)]
    public void Recognises(string request, ClientKind kind) => Assert.That(ClientKinds.Of(Stage.Request(request)), Is.EqualTo(kind));
}
