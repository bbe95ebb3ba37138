using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay;

/// <summary>The boots under Recordings/, counted; tshark counts the same.</summary>
public class FirmwareCapturesTests
{
    [TestCase("ipxe-bios.pcap", 604, 574, 562, 7)]
    [TestCase("ovmf-uefi.pcap", 718, 699, 689, 6)]
    [TestCase("grub-efi.pcap", 1561, 1547, 1543, 31)]
    [TestCase("pxelinux.pcap", 2433, 2414, 2408, 16)]
    [TestCase("lpxelinux.pcap", 2484, 2460, 2454, 16)]
    [TestCase("syslinux-efi.pcap", 503, 489, 481, 17)]
    [TestCase("u-boot.pcap", 456, 440, 430, 3)]
    public void Holds(string name, int packets, int udp, int tftp, int requests)
    {
        var read = ReadCapture.From(File.ReadAllBytes(Recordings.PathOf(name)));
        Assert.That(read.Fault, Is.Null);

        var frames = read.Packets.Select(packet => (Frame: UdpFrame.Parse(packet), Packet: packet)).ToList();
        var clients = new HashSet<Endpoint>();
        var (tftpFound, requestsFound) = (0, 0);
        foreach (var (frame, packet) in frames.Where(pair => pair.Frame.Kind == FrameKind.Udp))
        {
            if (frame.Destination.Port == 69 && PacketReader.Read(frame.PayloadOf(packet).Span).IsRequest)
            {
                clients.Add(frame.Source);
                requestsFound++;
            }

            if (clients.Contains(frame.Source) || clients.Contains(frame.Destination)) tftpFound++;
        }

        Assert.That(
            (read.Packets.Count, frames.Count(pair => pair.Frame.Kind == FrameKind.Udp), tftpFound, requestsFound),
            Is.EqualTo((packets, udp, tftp, requests)));
        Assert.That(frames.Select(pair => pair.Frame.Kind).Distinct(),
            Is.SubsetOf(new[] { FrameKind.Udp, FrameKind.Other, FrameKind.PortUnreachable }));
    }
}
