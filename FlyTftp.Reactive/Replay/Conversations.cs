using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>What a captured frame is to a recorded session.</summary>
internal enum Traffic : byte
{
    /// <summary>Not TFTP, or of nobody's session.</summary>
    None,
    FromClient,
    FromServer,

    /// <summary>The client's machine says that the client's port is closed.</summary>
    Unreachable,
}

/// <summary>
/// Tells recorded sessions apart by the RFC's rules: a request to the listening port opens one, the first reply's port is the server's TID, whether that
/// is fresh or the listening port, and what goes on between the two TIDs belongs to it (RFC 1350 §4). A second reply from another port is that of a
/// second transfer, which the client refuses; it and the refusal are passed over.
/// </summary>
/// <param name="port">Where the recorded server listened.</param>
/// <param name="isWanted">Whose sessions are followed.</param>
/// <param name="onClosed">Told every session once, in the order of their requests, when nothing more can come of it.</param>
internal sealed class Conversations(int port, Func<Endpoint, bool> isWanted, Action<RecordedSession> onClosed)
{
    /// <summary>Sessions followed at a time; a further one closes the oldest.</summary>
    public const int MaxOpen = 65_536;

    /// <summary>A session that was silent for longer is over. No client or server known waits for half as long.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(5);

    private readonly Dictionary<Endpoint, RecordedSession> _byClient = [];
    private readonly Queue<RecordedSession> _open = [];
    private int _count;

    /// <summary>The session that a client's port has now, or had last.</summary>
    public RecordedSession? Of(in Endpoint client) => _byClient.GetValueOrDefault(client);

    /// <param name="payload">Of UDP.</param>
    /// <param name="packet">The datagram, parsed, unless it is nobody's.</param>
    public Traffic Follow(in UdpFrame frame, ReadOnlySpan<byte> payload, TimeSpan at, out RecordedSession? session, out Packet packet)
    {
        packet = default;
        session = null;
        if (frame.Kind == FrameKind.PortUnreachable) return FollowUnreachable(frame, at, out session, out packet);
        if (frame.Kind != FrameKind.Udp) return Traffic.None;

        session = Of(frame.Source);
        var isToListener = frame.Destination.Port == port;
        if (isToListener || (session is not null && frame.Destination.Port == session.ServerPort))
        {
            if (isToListener && !isWanted(frame.Source)) return Traffic.None;
            packet = PacketReader.Read(payload);
            if (packet.IsRequest && isToListener && session?.IsRepeat(packet.Request) != true) session = Open(frame, packet.Request, at);
            session?.FromClient(packet, at);
            return session is null ? Traffic.None : Traffic.FromClient;
        }

        session = Of(frame.Destination);
        if (session is null || (session.ServerPort != 0 && session.ServerPort != frame.Source.Port)) return Traffic.None;
        packet = PacketReader.Read(payload);
        if (packet.Kind is not (PacketKind.Data or PacketKind.OptionAcknowledgment or PacketKind.Error)) return Traffic.None;
        session.FromServer(packet, payload.Length - PacketReader.DataOffset, frame.Source.Port, at);
        return Traffic.FromServer;
    }

    /// <summary>The capture is at its end.</summary>
    public void CloseAll()
    {
        while (_open.Count > 0) Close();
    }

    private Traffic FollowUnreachable(in UdpFrame frame, TimeSpan at, out RecordedSession? session, out Packet packet)
    {
        packet = Packet.Unreachable;
        session = Of(frame.Source);
        if (session is null || frame.Destination.Port != session.ServerPort) return Traffic.None;
        session.FromClient(packet, at);
        return Traffic.Unreachable;
    }

    private RecordedSession Open(in UdpFrame frame, Request request, TimeSpan at)
    {
        while (_open.TryPeek(out var oldest) && (_open.Count >= MaxOpen || at - oldest.LastAt > MaxSilence)) Close();
        var session = new RecordedSession(_count++, new Flow(frame.Source, frame.Destination), request, at);
        if (_byClient.TryGetValue(frame.Source, out var previous))
        {
            previous.FromClient(Packet.Superseded, previous.LastAt);
            previous.Previous = null;
            session.Previous = previous;
        }

        _byClient[frame.Source] = session;
        _open.Enqueue(session);
        return session;
    }

    private void Close()
    {
        var session = _open.Dequeue();
        if (Of(session.Flow.Remote) == session) _byClient.Remove(session.Flow.Remote);
        onClosed(session);
    }
}
