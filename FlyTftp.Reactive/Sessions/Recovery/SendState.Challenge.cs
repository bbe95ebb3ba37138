using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>
/// How a peer is sent to that has to prove that it receives: instead of a window a round of a challenge, which is held back, sent and judged
/// (<see cref="ProofOfReceipt"/>); or nothing, where the budget does not cover that.
/// </summary>
internal sealed partial class SendState
{
    // What is withheld is offered to the budget again so soon: others' charges come back when they are proven.
    internal static readonly TimeSpan WithheldRetry = TimeSpan.FromMilliseconds(250);

    // Longer than the timers of EDK2, Windows and U-Boot, which say by their last ACK that they still wait.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(5.5);

    // If the address has begun another session meanwhile.
    private static readonly TimeSpan SupersededAfter = TimeSpan.FromSeconds(1.25);

    internal static readonly TimeSpan AbandonedRetry = TimeSpan.FromSeconds(4);

    private const string NotProven = "it did not show that it receives what is sent";

    // What was loaded, while a round of a challenge is the window.
    private Window _planned;

    private bool _isAbandoned;

    private ProofOfReceipt? Proof => _admission.Proof;

    // Who waits for what is withheld says so by its last ACK, or has begun anew from another port and would compete with itself. GRUB alone
    // waits in silence: it is offered its window too, but seldom.
    private void NoteAbandoned(DateTimeOffset now)
    {
        var silence = now - _heardAt;
        _isAbandoned = silence >= AbandonedAfter || (silence >= SupersededAfter && Proof?.IsSuperseded(_heardAt) == true);
        if (_isAbandoned) Proof?.LoseTurn();
    }

    /// <summary>
    /// Nobody can have got what is withheld: whoever acknowledges it guesses. The last ACK again asks for it, and an ACK of what was sent before
    /// that window goes forward like any other.
    /// </summary>
    private bool AcknowledgeWithheld(BlockNumber block, DateTimeOffset now)
    {
        if (block == BlockNumber.Of(_acknowledged)) return AskForWithheld(now);
        var index = block.IndexAtOrBelow(_flight.SentBefore);
        if (index <= _acknowledged) return false;
        Proof?.GoOn();
        return Advance(index, now);
    }

    private bool AskForWithheld(DateTimeOffset now)
    {
        _heardAt = now;
        return EmitNext(_sending, _repeated);
    }

    /// <summary>What stands in the place of a window that may not go out, or not yet; <c>null</c>: it may.</summary>
    private Emission? PlanNote(DateTimeOffset now)
    {
        if (Proof is not { } proof || IsOffer || !Peer.HasAcknowledged) return null;
        var pending = (int)Math.Clamp(_flight.SentBefore - _acknowledged, 0, short.MaxValue);
        var plan = proof.Next(_window.Count, pending, LengthOfWindow, Parameters.BlockSize + PacketReader.DataOffset, _timer.RoundTrip, _timer.Variation, now);
        if (plan == WindowPlan.Send) return null;
        // Of what was sent before and is still being spread over time, nothing more is to go out.
        (Peer.IsAnswered, HasEmission) = (true, false);
        (Peer.IsWithheld, _sentAt) = (plan == WindowPlan.Withhold, now);
        if (Peer.IsWithheld) return Emission.Note(Peer, new Withheld(Peer.Flow, LengthOfWindow));
        (_planned, _sending, _emittedAt) = (_window, Sending.Held, now);
        return Emission.Note(Peer, new HeldBack(Peer.Flow));
    }

    // Sooner than RTO, which may be from a busier moment: what is set aside for a client that is gone is missing elsewhere.
    private TimeSpan RoundDue
    {
        get
        {
            var round = Proof!.Round;
            var patience = 2 * round.AnswerTime * (1 << Math.Min(Proof.Misses, 4));
            var due = patience > RetransmissionTimer.Floor ? patience : RetransmissionTimer.Floor;
            due = due < _timer.Due ? due : _timer.Due;
            return due > round.Silence ? due : round.Silence;
        }
    }

    private void BeginRound(DateTimeOffset now)
    {
        var round = Proof!.Round;
        if (round.LeavesOneOut) _window = new Window(_planned.First, round.Blocks, Parameters.BlockSize, IsFinal: false);
        Begin(now);
        Proof.Sent(now);
    }

    /// <summary>A round was not answered. Another is drawn; in the end the client has to ask for it.</summary>
    private bool AskAgain(int allowed)
    {
        if (Proof!.Misses >= allowed) return true;
        Proof.Miss();
        return DrawAnew();
    }

    private bool DrawAnew()
    {
        NoteLastOfRound();
        _flight.NoteSent(Peer.HighestSent);
        _window = _planned;
        return EmitNext(Sending.New, 0);
    }

    /// <summary>The block behind the one that was left out has gone out too: once the round is over, its ACK is no guess.</summary>
    private void NoteLastOfRound()
    {
        if (_sending == Sending.Round && Proof!.Round.LeavesOneOut) _flight.NoteSent(_window.Last + 2);
    }

    private bool AcknowledgeRound(BlockNumber block, DateTimeOffset now)
    {
        var ahead = (short)(block.Value - BlockNumber.Of(_acknowledged).Value);
        // The last ACK again is a client's own timer: not heard while it is to wait, and a question when it has waited long enough.
        if (ahead <= 0) return ahead == 0 && _sending == Sending.Round && now - _sentAt >= RoundDue && DrawAnew();
        var index = _acknowledged + ahead;
        var verdict = Proof!.Judge(ahead, now);
        if (verdict == ProofVerdict.Refuted)
        {
            End(Sessions.Outcome.GaveUp, NotProven);
            return true;
        }

        if (_sending == Sending.Round && index == _window.Last && _flight.IsLastFresh) _timer.Measure(now - _flight.Ended);
        Peer.RoundTrip = _timer.RoundTrip;
        NoteLastOfRound();
        // The round was a part of that: who has the rest from before may acknowledge the end of the file.
        _window = _planned;
        return Advance(index, now);
    }

    /// <summary>The timer may send the reply again: three times the request covers both.</summary>
    private bool IsRepeatFree => Peer.IsFreeOf(LengthOfWindow);

    private int LengthOfWindow => IsOffer
        ? PacketWriter.LengthOf(_admission.Granted)
        : (_window.Count - 1) * (Parameters.BlockSize + PacketReader.DataOffset) + _window.LastLength + PacketReader.DataOffset;

    private bool IsReplyLost(DateTimeOffset now) => (AwaitsAck || _isUnloaded) && !Peer.HasAcknowledged && now - _sentAt >= ReplyInterval;
}
