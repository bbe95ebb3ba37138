using System.Globalization;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>
/// A replay as text to be kept and compared: a line for each datagram that the pipeline was given or has said, with the µs since the capture's first
/// packet, the peer, <c>in</c> or <c>out</c>, and the packet in the RFC's words. The same capture gives the same bytes on every machine.
/// </summary>
internal sealed class Transcript(TextWriter writer)
{
    private const int MaxServers = 64;

    private readonly HashSet<Endpoint> _servers = [];

    public void In(TimeSpan at, in Endpoint peer, in Packet packet, int length) => Line(at, peer, "in ", Words(packet, length));

    /// <summary>An ACK that the capture lacks and must have been there.</summary>
    public void Inferred(TimeSpan at, in Endpoint peer, in Packet packet) => Line(at, peer, "in ", $"{packet} (inferred)");

    /// <summary>What the network said of a packet of either.</summary>
    public void Network(TimeSpan at, in Endpoint peer, string error) => Line(at, peer, "net", error);

    /// <summary>A recorded server, once, when it answers first.</summary>
    public void Server(TimeSpan at, in Endpoint server)
    {
        if (_servers.Count < MaxServers && _servers.Add(server with { Port = 0 })) Line(at, server, "is ", "the recorded server");
    }

    public void Out(TimeSpan at, in Endpoint peer, in Packet packet, int length) => Line(at, peer, "out", Words(packet, length));

    /// <summary>A session's record, or why a datagram was passed over.</summary>
    public void Note(TimeSpan at, SessionNote note)
    {
        var words = note switch
        {
            SessionEnded end => string.Create(CultureInfo.InvariantCulture, $"{end.Outcome.Name()}, {end.Bytes} bytes in {end.Blocks} blocks"),
            Ignored ignored => $"ignored: {ignored.Reason}",
            Withheld withheld => string.Create(CultureInfo.InvariantCulture, $"withheld: {withheld.Bytes} bytes"),
            _ => "",
        };
        Line(at, note.Flow.Remote, "end", words);
    }

    private void Line(TimeSpan at, in Endpoint peer, string direction, string words) =>
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{at.Ticks / TimeSpan.TicksPerMicrosecond,12} {peer} {direction} {words}\n"));

    private static string Words(in Packet packet, int length) => packet.Kind == PacketKind.Data
        ? string.Create(CultureInfo.InvariantCulture, $"{packet} ({length - PacketReader.DataOffset} bytes)")
        : packet.ToString();
}
