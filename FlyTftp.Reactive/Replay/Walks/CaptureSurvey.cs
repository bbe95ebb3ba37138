using System.Globalization;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Walks;

/// <summary>What a capture has in it that is no session of the port replayed: for saying why there is nothing to replay.</summary>
internal sealed class CaptureSurvey(int port, Func<Endpoint, bool> isWanted)
{
    /// <summary>Of each kind of thing that is counted apart.</summary>
    private const int MaxKinds = 16, MaxFlows = 1_024;

    private readonly SortedDictionary<int, long> _linkTypes = [], _ports = [];
    private readonly SortedDictionary<string, long> _unread = new(StringComparer.Ordinal);
    private readonly Dictionary<(Endpoint, Endpoint), ushort> _blocks = [];
    private readonly HashSet<(Endpoint, Endpoint)> _transfers = [];
    private long _packets, _udp, _unwanted;

    /// <summary>What was not read, with its number; each with a comma before it.</summary>
    public string Unread => string.Concat(_linkTypes.Select(static type => Told($", {type.Value} of link type {type.Key}, which is not read")))
        + string.Concat(_unread.Select(static what => Told($", {what.Value} of {what.Key}, which is not read")));

    public void Note(in WalkedFrame walked)
    {
        _packets++;
        switch (walked.Frame.Kind)
        {
            case FrameKind.UnknownLinkType:
                Count(_linkTypes, walked.Packet.LinkType);
                break;
            case FrameKind.Unread:
                Count(_unread, walked.Frame.Detail!);
                break;
            case FrameKind.Udp or FrameKind.Truncated when walked.IsDatagram:
                _udp++;
                break;
        }
    }

    /// <summary>A datagram of nobody's session.</summary>
    public void NoteStray(in WalkedFrame walked)
    {
        var (source, destination) = (walked.Frame.Source, walked.Frame.Destination);
        var payload = walked.Payload.Span;
        if (payload.Length < PacketReader.DataOffset || payload[0] != 0) return;
        switch ((Opcode)payload[1])
        {
            case Opcode.ReadRequest or Opcode.WriteRequest when PacketReader.Read(payload) is { IsRequest: true } packet && packet.Request.TransferMode != TransferMode.Unknown:
                if (destination.Port != port) Count(_ports, destination.Port);
                else if (!isWanted(source)) _unwanted++;
                break;
            case Opcode.Data when payload.Length <= TransferParameters.MaxBlockSize:
                if (_blocks.Count == MaxFlows) _blocks.Clear();
                _blocks[(source, destination)] = (ushort)(payload[2] << 8 | payload[3]);
                break;
            // The ACK of just that block, back to where it came from.
            case Opcode.Acknowledgment when _blocks.TryGetValue((destination, source), out var block) && block == (payload[2] << 8 | payload[3]):
                if (_transfers.Count < MaxFlows) _transfers.Add((source, destination));
                break;
        }
    }

    /// <summary>Why there is no session, and what to do: one clause.</summary>
    public string WhyNothing() =>
        _packets == 0 ? "the capture has no packets"
        : _unwanted > 0 ? Told($"--only matches none of the clients of {_unwanted} requests")
        : _ports.Count > 0 ? Told($"no request to port {port}, but {_ports.MaxBy(static pair => pair.Value).Value} to port {_ports.MaxBy(static pair => pair.Value).Key}: try --port {_ports.MaxBy(static pair => pair.Value).Key}")
        : _transfers.Count > 0 ? Told($"the capture begins inside transfers: {_transfers.Count} of them are without their requests")
        : _linkTypes.Values.Sum() == _packets ? Told($"all {_packets} packets are of link type {string.Join(", ", _linkTypes.Keys)}, which is not read")
        : _unread.Count > 0 && _udp == 0 ? Told($"no UDP, but {_unread.Values.Sum()} packets of {string.Join(", ", _unread.Keys)}, which is not read")
        : _udp == 0 ? Told($"none of the {_packets} packets is UDP")
        : Told($"none of the {_udp} UDP datagrams is a request to port {port}");

    private static void Count<T>(SortedDictionary<T, long> counts, T what)
        where T : notnull
    {
        if (counts.TryGetValue(what, out var count) || counts.Count < MaxKinds) counts[what] = count + 1;
    }

    private static string Told(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
