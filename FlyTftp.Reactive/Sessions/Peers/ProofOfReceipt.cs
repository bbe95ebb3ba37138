namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>What may be done about a window that is to be sent.</summary>
public enum WindowPlan : byte
{
    /// <summary>It may go out.</summary>
    Send,

    /// <summary>The peer is to show first that it receives: by one <see cref="ChallengeRound"/> instead.</summary>
    Challenge,

    /// <summary>There is no budget for either; it is offered again in a while.</summary>
    Withhold,
}

/// <summary>What an ACK shows in a challenge.</summary>
public enum ProofVerdict : byte
{
    /// <summary>Nothing: it is of blocks that were sent before the round, or the round was no bet.</summary>
    None,

    /// <summary>The right block at the right time.</summary>
    Right,

    /// <summary>Too late, or less than was sent: a loss may do that, and so may a guess.</summary>
    Wrong,

    /// <summary>It acknowledges what was never sent, or there were too many wrong ones.</summary>
    Refuted,
}

/// <summary>
/// The proof that a peer receives what is sent to it, without a change of the protocol. Block numbers hold no secret, but what was not sent
/// does: how many blocks came before the one that was left out, and when they were sent. Every round is a fair bet for who guesses, in which most
/// of the <see cref="Evidence"/> is staked on the right answer: his evidence stays 1 on average, so it comes to <see cref="Proven"/> in less
/// than one of as many sessions (Ville's inequality; docs/security.md). Asked of a peer only when its network's bucket has run short.
/// One a session; no clock and no Rx in it.
/// </summary>
public sealed class ProofOfReceipt(Peer peer, AmplificationBudget budget)
{
    /// <summary>The evidence with which a peer is proven, and that with which it is refuted.</summary>
    public const double Proven = 100, Refuted = 0.001;

    /// <summary>The share of the evidence that is staked on the right answer; the rest is on all others.</summary>
    public const double Stake = 0.75;

    /// <summary>
    /// Bytes that a proven peer is sent for its evidence times this, and its address's next transfers again. After that it is asked again, which is
    /// not charged.
    /// </summary>
    public const int BytesForEvidence = 512;

    /// <summary>
    /// What each round is charged at least: what somebody who guesses may hope to win by it, two times <see cref="BytesForEvidence"/>, however
    /// small the blocks are.
    /// </summary>
    public const int LeastCharge = 2 * BytesForEvidence;

    /// <summary>A client that leaves so many gaps in a row unanswered is asked in another way, until it answers one.</summary>
    public const int GapsMax = 2;

    /// <summary>So many rounds are likely to be needed, of so many blocks.</summary>
    private const int LikelyRounds = 2, LikelyBlocks = 5;

    /// <summary>
    /// The part of its bucket that a network must have left for a challenge to begin, and for one to go on that has no right answer yet: if all
    /// those under way came to a stop at once, nobody's charge would ever be given back.
    /// </summary>
    private const double LeastToBegin = 0.1, LeastToGoOn = 0.03;

    /// <summary>Who has waited so long for a round may take what is there.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(10);

    private DateTimeOffset? _sentAt, _waitsSince;
    private bool _hasBegun, _isAsked, _wasSent, _isKnown;
    private int _sentBefore, _gaps, _places = ChallengeRound.PlacesMax;
    private TimeSpan _soonest, _answerTime;
    private TimeSpan? _last, _fastest;

    /// <summary>The peer is being challenged.</summary>
    public bool IsOn { get; private set; }

    /// <summary>How much speaks for the peer: 1 at first.</summary>
    public double Evidence { get; private set; } = 1;

    /// <summary>What is to be sent, or was.</summary>
    public ChallengeRound Round { get; private set; }

    /// <summary>How long it is held back.</summary>
    public TimeSpan Hold { get; private set; }

    /// <summary>Rounds in a row that nobody has answered.</summary>
    public int Misses { get; private set; }

    /// <summary>Decides about the next window, and pays for what it allows.</summary>
    /// <param name="blocks">How many it has.</param>
    /// <param name="pending">How many of these, or more, had been sent before.</param>
    /// <param name="bytes">Of UDP payload in all of them.</param>
    /// <param name="blockLength">Bytes of UDP payload in a whole block.</param>
    /// <param name="roundTrip">As measured by the peer's own ACKs, smoothed; <c>null</c>: never.</param>
    /// <param name="variation">By how much that varies.</param>
    public WindowPlan Next(int blocks, int pending, long bytes, int blockLength, TimeSpan? roundTrip, TimeSpan variation, DateTimeOffset now)
    {
        if (!_hasBegun) budget.Charges.Begin(peer.Flow.Remote, now);
        _hasBegun = true;
        if (!IsOn)
        {
            if (MaySend(bytes, now)) return WindowPlan.Send;
            GoOn();
        }

        if (!_isAsked)
        {
            (_wasSent, _sentBefore) = (false, pending);
            _answerTime = AnswerTimeFor(roundTrip, variation);
            _soonest = 0.75 * (roundTrip < _fastest ? roundTrip.Value : _fastest ?? roundTrip ?? TimeSpan.Zero);
            var places = _gaps < GapsMax ? _places : 0;
            Round = ChallengeRound.Draw(blocks, _isKnown ? 0 : pending, places, _answerTime, budget.Chance);
        }

        var likely = Math.Min(LikelyRounds * (long)Math.Min(blocks, LikelyBlocks) * blockLength, budget.Answered.NetworkBurst / 3);
        if (!MayAsk((long)Round.Count * blockLength, likely, now)) return WindowPlan.Withhold;
        (IsOn, _isAsked, Hold, _sentAt) = (true, true, budget.Chance.UpTo(Round.Longest), null);
        return WindowPlan.Challenge;
    }

    /// <summary>The round has gone out.</summary>
    public void Sent(DateTimeOffset now) => (_sentAt, _wasSent) = (now, true);

    /// <summary>Judges an ACK that goes forward. The next round is another.</summary>
    /// <param name="ahead">Blocks that it goes forward, at least 1.</param>
    public ProofVerdict Judge(int ahead, DateTimeOffset now)
    {
        GoOn();
        // Who has named a gap has nothing of what came behind it.
        _isKnown = Round.LeavesOneOut && ahead == Round.Blocks && now - _sentAt >= _soonest;
        if (ahead <= Round.Pending) return ProofVerdict.None;
        // Nobody can have got what was left out, nor what was not sent yet.
        if (ahead > Math.Max(_sentBefore, _wasSent ? Round.Blocks : 0)) return Weigh(0, now);
        if (Round.Odds * Stake <= 1) return ProofVerdict.None;
        var isRight = (ahead == Round.Blocks || !Round.LeavesOneOut) && now - _sentAt <= Round.AnswerTime;
        // By its own timer, and not by the gap, every client says in the end what it has got.
        if (Round.LeavesOneOut && ahead == Round.Blocks) _gaps = now - _sentAt <= _answerTime ? 0 : _gaps + 1;
        if (ahead == Round.Blocks) NoteAnswer(now - _sentAt, isRight);
        // Where much is lost, a few blocks get through sooner than many.
        _places = isRight ? Math.Min(_places + 1, ChallengeRound.PlacesMax) : Math.Max(1, _places / 2);
        return Weigh(isRight ? Stake * Round.Odds : (1 - Stake) * Round.Odds / (Round.Odds - 1), now);
    }

    /// <summary>The question is settled, or there is no sense in it any more.</summary>
    public void GoOn() => (Misses, _isAsked, _isKnown) = (0, false, false);

    /// <summary>The address has begun another session since.</summary>
    public bool IsSuperseded(DateTimeOffset since) => budget.Charges.NewestSession(peer.Flow.Remote) > since;

    /// <summary>It waits behind all others again.</summary>
    public void LoseTurn() => _waitsSince = null;

    /// <summary>No answer came, for a loss, a stall or because the client never names gaps: that is no guess. The same is asked again.</summary>
    public void Miss()
    {
        Misses++;
        budget.Release(peer);
        if (!Round.LeavesOneOut || ++_gaps != GapsMax) return;
        (_isAsked, _isKnown) = (false, false);
    }

    // The round trip that was measured while hundreds began at once says little a moment later.
    private TimeSpan AnswerTimeFor(TimeSpan? roundTrip, TimeSpan variation)
    {
        var answer = roundTrip is { } time ? 1.25 * time + variation + Margin : ChallengeRound.UnknownAnswerTime;
        return _last is { } last && 4 * last + Margin < answer ? 4 * last + Margin : answer;
    }

    private void NoteAnswer(TimeSpan? time, bool isRight)
    {
        if (_fastest is null || time < _fastest) _fastest = time;
        _last = isRight ? time : null;
    }

    private ProofVerdict Weigh(double factor, DateTimeOffset now)
    {
        Evidence *= factor;
        if (factor > 1 && Evidence >= Proven) budget.Prove(peer, (long)(BytesForEvidence * Evidence), now);
        if (peer.Kind == PeerKind.Proven) IsOn = !IsCoveredByEvidence(0);
        if (Evidence < Refuted) budget.Release(peer);
        return Evidence < Refuted ? ProofVerdict.Refuted : factor > 1 ? ProofVerdict.Right : ProofVerdict.Wrong;
    }

    private bool MaySend(long bytes, DateTimeOffset now)
    {
        if (peer.IsTrusted) return true;
        if (peer.Kind == PeerKind.Proven) return IsCoveredByEvidence(bytes);
        var isShort = budget.Answered.IsShort(peer.Flow.Remote, bytes, now);
        return isShort ? budget.TryCoverByProof(peer, bytes, now) : budget.TryCover(peer, bytes, now);
    }

    private bool IsCoveredByEvidence(long bytes) => peer.SentBytes + bytes <= BytesForEvidence * Evidence;

    private bool MayAsk(long bytes, long likely, DateTimeOffset now)
    {
        if (peer.IsFree) return true;
        var charge = Math.Max(bytes, LeastCharge);
        // What all rounds are likely to take is set aside at the first. If many got stuck in the middle, nobody's charge would ever be given back.
        var aside = IsOn ? charge : Math.Max(charge, likely);
        var left = budget.Answered.Available(peer.Flow.Remote, now) - aside;
        if (left < LeastAfter(likely, now) || !budget.TryCover(peer, aside, now)) return false;
        _waitsSince = null;
        // As if so much had been sent.
        peer.SentBytes += charge - bytes;
        return true;
    }

    /// <summary>Bytes that the network must have left after a round is paid. Nothing: this client comes first.</summary>
    private double LeastAfter(long likely, DateTimeOffset now)
    {
        var waited = Math.Min(1, (now - (_waitsSince ??= now)) / LongestWait);
        if (Evidence > 1 || budget.Proven.Knows(peer.Flow.Remote, now)) return double.NegativeInfinity;
        var burst = budget.Answered.NetworkBurst;
        var least = IsOn ? Math.Max(LeastToGoOn * burst, peer.ChargedAnswered - likely) : LeastToBegin * burst;
        return least * (1 - waited);
    }
}
