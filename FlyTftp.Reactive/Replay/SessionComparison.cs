using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Replay;

/// <summary>The first thing that the two servers say differently.</summary>
/// <param name="At">When it is said now, or was said then if nothing is said now.</param>
/// <param name="Then">The recorded server's packet; <c>null</c>: nothing.</param>
/// <param name="Now">This server's packet; <c>null</c>: nothing.</param>
/// <param name="IsOfContent">The client would have got other bytes.</param>
/// <param name="IsOfFate">One serves where the other refuses.</param>
internal sealed record Difference(TimeSpan At, string? Then, string? Now, bool IsOfContent, bool IsOfFate = false);

/// <summary>
/// Compares what two servers say in one session as it comes, each at its own time: order and content count, the moment does not. Options are compared
/// as a set, ERRORs by their code. A block that the capture lacks, as captures do lack packets, is passed over.
/// </summary>
internal sealed class SessionComparison
{
    /// <summary>Things said by one server and not yet by the other; more than a window of the RFC's largest is a difference.</summary>
    public const int MaxAhead = 65_536;

    private readonly Queue<Utterance> _then = [], _now = [];
    private readonly ServerSpeech _thenSpeech = new(), _nowSpeech = new();

    public Difference? Difference { get; private set; }

    /// <summary>Things that both have said.</summary>
    public long Compared { get; private set; }

    /// <summary>There was an OACK then, and the capture lacks it.</summary>
    public bool IsOfferProven { get; set; }

    /// <param name="index">Of DATA: the block's.</param>
    /// <param name="datagram">As far as it was captured.</param>
    /// <param name="length">As it was on the wire.</param>
    public void Then(TimeSpan at, in Packet packet, long index, ReadOnlySpan<byte> datagram, int length)
    {
        if (Difference is null && _thenSpeech.TryAdd(at, packet, index, datagram, length, out var said)) Add(_then, said);
    }

    public void Now(TimeSpan at, in Packet packet, ReadOnlySpan<byte> datagram)
    {
        var index = packet.Kind == PacketKind.Data ? packet.Block.IndexAtOrBelow(_nowSpeech.Highest + short.MaxValue) : 0;
        if (Difference is null && _nowSpeech.TryAdd(at, packet, index, datagram, datagram.Length, out var said)) Add(_now, said);
    }

    /// <summary>Nothing more is said.</summary>
    /// <param name="isOpen">The recording ends before its session does, or the recorded server did: what is left over now has no counterpart.</param>
    /// <param name="proven">The last block that was sent then, captured or not.</param>
    public void End(bool isOpen, long proven)
    {
        if (Difference is not null) return;
        while (_now.TryPeek(out var said) && (said.Packet.Kind == PacketKind.Data ? said.Index <= proven && _then.Count == 0 : IsUncapturedOffer(said))) _now.Dequeue();
        if (_then.TryPeek(out var then)) Difference = new Difference(then.At, then.ToString(), null, false);
        else if (!isOpen && _now.TryPeek(out var now)) Difference = new Difference(now.At, null, now.ToString(), false);
    }

    private void Add(Queue<Utterance> queue, in Utterance said)
    {
        queue.Enqueue(said);
        while (Difference is null && _then.TryPeek(out var then) && _now.TryPeek(out var now))
        {
            _now.Dequeue();
            if (then.Packet.Kind == PacketKind.Data && (IsUncapturedOffer(now) || (now.Packet.Kind == PacketKind.Data && then.Index > now.Index))) continue;

            _then.Dequeue();
            Compared++;
            if (!IsSame(then, now)) Difference = new Difference(now.At, then.ToString(), now.ToString(), IsOfContent(then, now), IsOfFate(then, now));
        }

        if (queue.Count > MaxAhead && Difference is null) End(isOpen: false, proven: 0);
    }

    private bool IsUncapturedOffer(in Utterance now) => IsOfferProven && now.Packet.Kind == PacketKind.OptionAcknowledgment;

    private static bool IsSame(in Utterance then, in Utterance now) =>
        then.Packet.Kind == now.Packet.Kind && now.Packet.Kind switch
        {
            PacketKind.Data => then.Index == now.Index && then.Length == now.Length && (then.Print is null || then.Print == now.Print),
            PacketKind.OptionAcknowledgment => IsSame(then.Packet.Options, now.Packet.Options),
            PacketKind.Error => then.Packet.ErrorReport.Code == now.Packet.ErrorReport.Code,
            _ => true,
        };

    // In any order (RFC 2347 §2). A timeout that is left out changes how long the server waits, and nothing that it says (docs/adr/0017).
    private static bool IsSame(OptionSet then, OptionSet now) =>
        now.All(option => then.TryGet(option.Name, out var other) && other.Value == option.Value)
        && then.All(option => option.Is(OptionSet.Timeout) || now.TryGet(option.Name, out _));

    private static bool IsOfContent(in Utterance then, in Utterance now) =>
        then.Packet.Kind == PacketKind.Data && now.Packet.Kind == PacketKind.Data;

    private static bool IsOfFate(in Utterance then, in Utterance now) =>
        then.Packet.Kind == PacketKind.Error != (now.Packet.Kind == PacketKind.Error);
}
