using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Replay.Walks;
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

    /// <summary>Another error of the network about a packet of either.</summary>
    NetworkError,
}

/// <summary>
/// Tells recorded sessions apart by the RFC's rules: a request to the listening port opens one, the first reply's address and port are the server's TID,
/// whether that is fresh or the listening port, and what goes on between the two TIDs belongs to it (RFC 1350 §4). A second reply from another port is
/// that of a second transfer, which the client refuses; it and the refusal are passed over. Another server's reply to a broadcast is another session.
/// Datagrams that were captured twice count once.
/// </summary>
/// <param name="port">Where the recorded server listened.</param>
/// <param name="isWanted">Whose sessions are followed.</param>
/// <param name="onClosed">Told every session once, when nothing more can come of it.</param>
internal sealed class Conversations(int port, Func<Endpoint, bool> isWanted, Action<RecordedSession> onClosed)
{
    /// <summary>Sessions followed at a time; a further one closes the one that was silent longest, of those first that have ended.</summary>
    public const int MaxOpen = 4_096;

    /// <summary>A session that was silent for longer is over. No client or server known waits for half as long.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(5);

    /// <summary>Of one that has ended nothing more is awaited but repeats; and this server, which may not have ended it yet, has by then.</summary>
    private static readonly TimeSpan MaxSilenceAfterEnd = TimeSpan.FromSeconds(90);

    private readonly Dictionary<Endpoint, RecordedSession> _byClient = [];

    // Either in the order of silence, the longest first.
    private readonly LinkedList<RecordedSession> _open = [], _ended = [];
    private readonly CopyFilter _copies = new();
    private int _count;

    /// <summary>Datagrams passed over as copies of others.</summary>
    public long Copies => _copies.Count;

    /// <summary>The session that a client's port has now, or had last.</summary>
    public RecordedSession? Of(in Endpoint client) => _byClient.GetValueOrDefault(client);

    /// <param name="packet">The datagram, parsed, unless it is nobody's.</param>
    public Traffic Follow(in WalkedFrame walked, TimeSpan at, out RecordedSession? session, out Packet packet)
    {
        packet = default;
        session = null;
        while (_open.First is { } silent && at - silent.Value.LastAt > MaxSilence) Close(silent.Value);
        while (_ended.First is { } over && at - over.Value.LastAt > MaxSilenceAfterEnd) Close(over.Value);
        var frame = walked.Frame;
        if (frame.Kind is FrameKind.PortUnreachable or FrameKind.NetworkError) return FollowNetwork(frame, at, out session, out packet);
        if (!walked.IsDatagram) return Traffic.None;

        var isToListener = frame.Destination.Port == port;
        var asked = Asked(frame);
        if (isToListener || asked is not null) return FollowClient(walked, asked, isToListener, at, out session, out packet);
        return FollowServer(walked, at, out session, out packet);
    }

    /// <summary>The capture is at its end.</summary>
    public void CloseAll()
    {
        foreach (var session in _open.Concat(_ended).OrderBy(static session => session.LastAt).ThenBy(static session => session.Number).ToList()) Close(session);
    }

    /// <summary>The session of which a datagram is the client's.</summary>
    private RecordedSession? Asked(in UdpFrame frame)
    {
        for (var session = Of(frame.Source); session is not null; session = session.Sibling)
        {
            if (session.Server == frame.Destination) return session;
            // The client answers a reply that was not captured.
            if (session.Server is null && frame.Destination with { Port = 0 } == session.Flow.Local with { Port = 0 }) return session;
        }

        return null;
    }

    private Traffic FollowClient(in WalkedFrame walked, RecordedSession? asked, bool isToListener, TimeSpan at, out RecordedSession? session, out Packet packet)
    {
        packet = default;
        var frame = walked.Frame;
        session = asked ?? Of(frame.Source);
        if (isToListener && !isWanted(frame.Source)) return Traffic.None;
        var payload = walked.Payload.Span;
        packet = PacketReader.Read(payload);
        var isMalformed = isToListener && packet.Kind == PacketKind.Malformed && LenientRequest.TryRead(payload, out packet);
        if (session is null && !(packet.IsRequest && isToListener)) return Traffic.None;
        if (_copies.IsCopy(walked, at)) return Traffic.None;
        if (packet.IsRequest && isToListener)
        {
            session = Of(frame.Source);
            if (session?.IsRepeat(packet.Request) == true) session.Requests++;
            else session = Open(frame, packet, isMalformed || frame.Kind == FrameKind.Truncated, at);
        }
        else if (!isToListener && session!.Server is null)
        {
            session.Meets(frame.Destination);
        }

        session!.FromClient(packet, walked.Length - PacketReader.DataOffset, at);
        Touch(session);
        return Traffic.FromClient;
    }

    private Traffic FollowServer(in WalkedFrame walked, TimeSpan at, out RecordedSession? session, out Packet packet)
    {
        packet = default;
        var frame = walked.Frame;
        session = Of(frame.Destination);
        if (session is null) return Traffic.None;
        packet = PacketReader.Read(walked.Payload.Span);
        if (packet.Kind is not (PacketKind.Data or PacketKind.OptionAcknowledgment or PacketKind.Error) && !(session.IsUpload && packet.Kind == PacketKind.Acknowledgment))
            return Traffic.None;
        session = Answered(session, frame.Source, at);
        if (session is null || _copies.IsCopy(walked, at)) return Traffic.None;
        session.FromServer(packet, walked.Length - PacketReader.DataOffset, walked.Frame.MissingLength == 0, frame.Source, at);
        Touch(session);
        return Traffic.FromServer;
    }

    /// <summary>The session of which a datagram is the server's; a new one for another server's reply to a broadcast.</summary>
    private RecordedSession? Answered(RecordedSession session, Endpoint server, TimeSpan at)
    {
        for (var one = session; ; one = one.Sibling)
        {
            if (one.Server is null || one.Server == server) return one;
            // A second transfer for a repeated request.
            if (one.Server.Value with { Port = 0 } == server with { Port = 0 }) return null;
            if (one.Sibling is not null) continue;
            if (session.Flow.Local with { Port = 0 } == session.Server!.Value with { Port = 0 } || !one.MayHaveSibling) return null;
            Admit();
            return one.Sibling = Track(new RecordedSession(_count++, one, server, at));
        }
    }

    private Traffic FollowNetwork(in UdpFrame frame, TimeSpan at, out RecordedSession? session, out Packet packet)
    {
        packet = Packet.Unreachable;
        // About a packet of the server's: the client's port is closed, or it cannot be reached.
        for (session = Of(frame.Source); session is not null; session = session.Sibling)
        {
            if (session.Server != frame.Destination) continue;
            if (frame.Kind == FrameKind.PortUnreachable) session.FromClient(packet, 0, at);
            else session.FromNetwork(frame.Detail!, isAboutServer: false, at);
            Touch(session);
            return frame.Kind == FrameKind.PortUnreachable ? Traffic.Unreachable : Traffic.NetworkError;
        }

        session = Of(frame.Destination);
        if (session is null || (frame.Source.Port != port && frame.Source != session.Server)) return Traffic.None;
        var what = frame.Detail ?? (frame.Source.Port == port ? "ICMP port unreachable: no TFTP server there" : "ICMP port unreachable");
        session.FromNetwork(what, isAboutServer: true, at);
        Touch(session);
        return Traffic.NetworkError;
    }

    private RecordedSession Open(in UdpFrame frame, in Packet packet, bool isMalformed, TimeSpan at)
    {
        Admit();
        var session = new RecordedSession(
            _count++, new Flow(frame.Source, frame.Destination), packet.Request, packet.Kind == PacketKind.WriteRequest, isMalformed, at);
        if (_byClient.TryGetValue(frame.Source, out var previous))
        {
            for (var one = previous; one is not null; one = one.Sibling)
            {
                one.FromClient(Packet.Superseded, 0, one.LastAt);
                Touch(one);
            }

            previous.Previous = null;
            session.Previous = previous;
        }

        _byClient[frame.Source] = session;
        return Track(session);
    }

    private void Admit()
    {
        while (_open.Count + _ended.Count >= MaxOpen) Close((_ended.First ?? _open.First!).Value);
    }

    private RecordedSession Track(RecordedSession session)
    {
        session.Node = _open.AddLast(session);
        return session;
    }

    private void Touch(RecordedSession session)
    {
        var list = session.Progress.IsOver ? _ended : _open;
        if (session.Node is not { } node || node == list.Last) return;
        node.List!.Remove(node);
        list.AddLast(node);
    }

    private void Close(RecordedSession session)
    {
        session.Node!.List!.Remove(session.Node);
        session.Node = null;
        // Its siblings are reached through it.
        if (session.Sibling is { Node: not null } sibling && Of(session.Flow.Remote) == session) _byClient[session.Flow.Remote] = sibling;
        else if (Of(session.Flow.Remote) == session) _byClient.Remove(session.Flow.Remote);
        onClosed(session);
    }
}
