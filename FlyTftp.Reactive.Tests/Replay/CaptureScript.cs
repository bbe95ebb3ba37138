using System.Globalization;
using System.Net;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;

namespace FlyTftp.Reactive.Tests.Replay;

/// <summary>
/// A capture as a test writes it, one line a packet: <c>0.5 c &gt; s RRQ a octet</c>. Ends are <c>c</c> and <c>s</c> (the client's port 2000, the server's
/// port 69), or with another port, as <c>s:40000</c>, or an address and a port. <c>DATA 1 512</c> has that many bytes of payload, <c>DATA 1 512/40</c> of
/// which the capture has 40; <c>icmp</c> and a type and a code is about the datagram from the second end to the first.
/// </summary>
internal static class CaptureScript
{
    public static byte[] Encode(string script)
    {
        var capture = new CaptureBytes().PcapHeader(linkType: LinkType.Raw);
        var identification = 0;
        foreach (var line in script.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var at = (long)(double.Parse(words[0], CultureInfo.InvariantCulture) * 1e6) + 1_700_000_000_000_000;
            var (source, destination) = (End(words[1]), End(words[3]));
            var (bytes, missing) = words[4] == "icmp" ? (Icmp(source, destination, byte.Parse(words[5], CultureInfo.InvariantCulture), byte.Parse(words[6], CultureInfo.InvariantCulture)), 0) : Datagram(source, destination, words[4..]);
            // Copies are told by it: "=" before the packet's words repeats that of the packet before.
            bytes[5] = (byte)(words[4] == "=" ? identification : ++identification);
            capture.PcapRecord((uint)(at / 1_000_000), (uint)(at % 1_000_000), bytes, original: (uint)(bytes.Length + missing));
        }

        return capture.ToArray();
    }

    private static (byte[] Bytes, int Missing) Datagram(Endpoint source, Endpoint destination, string[] words)
    {
        if (words[0] == "=") words = words[1..];
        if (words[0] == "arp") return (Packet(destination with { Port = 1 }, source with { Port = 1 }, []), 0);
        var payload = PacketScript.Encode(string.Join(' ', words));
        if (words[0] != "DATA" || words.Length < 3) return (Packet(source, destination, payload), 0);
        var lengths = words[2].Split('/').Select(static text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var block = int.Parse(words[1], CultureInfo.InvariantCulture);
        var bytes = Packet(source, destination, [.. payload, .. Enumerable.Range(0, lengths[0]).Select(at => (byte)(block * 31 + at))]);
        var missing = lengths.Length > 1 ? lengths[0] - lengths[1] : 0;
        return (bytes[..^missing], missing);
    }

    private static byte[] Packet(Endpoint source, Endpoint destination, byte[] payload)
    {
        var bytes = new byte[IpWriter.MaxHeaderLength + payload.Length];
        return bytes[..IpWriter.WriteUdp(bytes, source, destination, payload)];
    }

    private static byte[] Icmp(Endpoint source, Endpoint destination, byte type, byte code)
    {
        var bytes = new byte[IpWriter.MaxUnreachableLength];
        bytes = bytes[..IpWriter.WritePortUnreachable(bytes, source, destination)];
        (bytes[20], bytes[21]) = (type, code);
        return bytes;
    }

    private static Endpoint End(string text) => text switch
    {
        "c" => Endpoint.From(IPAddress.Parse("10.0.0.2"), 2000),
        "s" => Endpoint.From(IPAddress.Parse("10.0.0.1"), 69),
        ['c' or 's', ':', ..] => End(text[..1]) with { Port = ushort.Parse(text[2..], CultureInfo.InvariantCulture) },
        _ => Endpoint.From(IPEndPoint.Parse(text)),
    };
}
