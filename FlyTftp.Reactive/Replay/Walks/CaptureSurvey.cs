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

    private readonly Tally _linkTypes = new(), _ports = new(), _unread = new();

    // By both ends in one text: rare enough.
    private readonly Dictionary<string, string> _blocks = [];
    private readonly HashSet<string> _transfers = [];
    private long _packets, _udp, _unwanted;

    /// <summary>What was not read, with its number; each with a comma before it.</summary>
    public string Unread => _linkTypes.Told("link type ") + _unread.Told("");

    public void Note(in WalkedFrame walked)
    {
        _packets++;
        switch (walked.Frame.Kind)
        {
            case FrameKind.UnknownLinkType:
                _linkTypes.Add(Told($"{walked.Packet.LinkType}"));
                break;
            case FrameKind.Unread:
                _unread.Add(walked.Frame.Detail!);
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
                if (destination.Port != port) _ports.Add(Told($"{destination.Port}"));
                else if (!isWanted(source)) _unwanted++;
                break;
            case Opcode.Data when payload.Length <= TransferParameters.MaxBlockSize:
                if (_blocks.Count == MaxFlows) _blocks.Clear();
                _blocks[$"{source} {destination}"] = Block(payload);
                break;
            // The ACK of just that block, back to where it came from.
            case Opcode.Acknowledgment when _blocks.TryGetValue($"{destination} {source}", out var block) && block == Block(payload):
                if (_transfers.Count < MaxFlows) _transfers.Add($"{source} {destination}");
                break;
        }
    }

    /// <summary>Why there is no session, and what to do: one clause.</summary>
    public string WhyNothing() =>
        _packets == 0 ? "the capture has no packets"
        : _unwanted > 0 ? Told($"--only matches none of the clients of {_unwanted} requests")
        : _ports.Count > 0 ? Told($"no request to port {port}, but {_ports.Most} to port {_ports.MostName}: try --port {_ports.MostName}")
        : _transfers.Count > 0 ? Told($"the capture begins inside transfers: {_transfers.Count} of them are without their requests")
        : _linkTypes.Sum == _packets ? Told($"all {_packets} packets are of link type {_linkTypes.Names}, which is not read")
        : _unread.Count > 0 && _udp == 0 ? Told($"no UDP, but {_unread.Sum} packets of {_unread.Names}, which is not read")
        : _udp == 0 ? Told($"none of the {_packets} packets is UDP")
        : Told($"none of the {_udp} UDP datagrams is a request to port {port}");

    private static string Block(ReadOnlySpan<byte> payload) => Convert.ToHexString(payload[2..4]);

    private static string Told(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>How often things of a few names were seen.</summary>
    private sealed class Tally
    {
        private readonly List<string> _names = [];
        private readonly long[] _counts = new long[MaxKinds];

        public int Count => _names.Count;

        public long Sum => _counts.Sum();

        public string Names => string.Join(", ", _names);

        public long Most => _counts.Max();

        public string MostName => _names[Array.IndexOf(_counts, Most)];

        public void Add(string name)
        {
            var at = _names.IndexOf(name);
            if (at < 0 && _names.Count == MaxKinds) return;
            if (at < 0)
            {
                at = _names.Count;
                _names.Add(name);
            }

            _counts[at]++;
        }

        public string Told(string kind) =>
            string.Concat(_names.Select((name, at) => CaptureSurvey.Told($", {_counts[at]} of {kind}{name}, which is not read")));
    }
}
