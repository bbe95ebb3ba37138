using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Captures;

namespace FlyTftp.Reactive.Replay;

/// <summary>
/// The first pass: what each recorded session was granted and where its content stands in the capture. Eight bytes a block and none of its payload,
/// so that a capture of any length can be replayed.
/// </summary>
internal sealed class ReplayPlans
{
    /// <summary>Blocks kept in mind, over all sessions: 64 MB, enough for 11 GB at 1468 bytes. What is beyond is zeros.</summary>
    public const long MaxBlocks = 8 << 20;

    private readonly List<SessionPlan?> _plans = [];
    private long _room = MaxBlocks;

    /// <summary>The last packet of the capture.</summary>
    public TimeSpan End { get; private set; }

    /// <summary><c>null</c> for a session that was given neither options nor content.</summary>
    public SessionPlan? Of(int number) => number < _plans.Count ? _plans[number] : null;

    public static ReplayPlans Make(CaptureFile capture, ReplayOptions options)
    {
        var plans = new ReplayPlans();
        var conversations = new Conversations(options.Port, options.Only, static _ => { });
        using var walk = new CaptureWalk(capture, position => options.OnProgress(position, 2 * capture.Length));
        while (walk.TryNext(out var packet, out var frame))
        {
            plans.End = walk.At;
            var payload = frame.PayloadOf(packet);
            if (conversations.Follow(frame, payload.Span, walk.At, out var session, out var said) == Traffic.FromServer)
                plans.Note(session!.Number, said, packet.Offset + frame.PayloadOffset + PacketReader.DataOffset, payload.Length - PacketReader.DataOffset);
        }

        return plans;
    }

    private void Note(int number, in Packet said, long offset, int length)
    {
        if (said.Kind is not (PacketKind.Data or PacketKind.OptionAcknowledgment)) return;
        while (_plans.Count <= number) _plans.Add(null);
        var plan = _plans[number] ??= new SessionPlan();
        if (said.Kind == PacketKind.Data) plan.Add(said.Block, offset, length, ref _room);
        else plan.Grant(said.Options);
    }
}
