namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>What may be done about a window that is to be sent.</summary>
public enum WindowPlan : byte
{
    /// <summary>It may go out.</summary>
    Send,

    /// <summary>The peer is to show first that it receives: by one <see cref="ChallengeRound"/> instead.</summary>
    Challenge,

    /// <summary>There is no budget for either; the client may ask again.</summary>
    Withhold,
}

/// <summary>One question: a few blocks, after a while that cannot be foretold.</summary>
/// <param name="Blocks">Blocks in order, which the ACK has to name exactly.</param>
/// <param name="LeavesOneOut">One more goes out behind a block that does not: who receives names the block before the gap (RFC 7440 §4).</param>
/// <param name="Hold">How long they are held back.</param>
/// <param name="AnswerTime">How long after that the answer counts.</param>
/// <param name="Silence">The next round does not come sooner than this after one that nobody answers.</param>
public readonly record struct ChallengeRound(int Blocks, bool LeavesOneOut, TimeSpan Hold, TimeSpan AnswerTime, TimeSpan Silence);

/// <summary>What an ACK shows in a challenge.</summary>
public enum ProofVerdict : byte
{
    /// <summary>It says nothing about this round: an ACK of a block that was sent before.</summary>
    None,

    /// <summary>The right block at the right time.</summary>
    Passed,

    /// <summary>Too late, or less than was sent: a loss may do that, and so may a guess.</summary>
    Doubtful,

    /// <summary>It acknowledges what was never sent.</summary>
    Failed,
}

/// <summary>
/// The proof that a peer receives what is sent to it, without a change of the protocol. Block numbers hold no secret, but what was not sent
/// does: how many blocks came before the one that was left out, and when they were sent. A guess is right in one of <see cref="Odds"/> rounds at
/// most; to be right <see cref="PassesNeeded"/> times before <see cref="DoubtsMax"/> + 1 doubtful rounds, with no failed one, takes the luck of
/// 0.8 % of sessions (docs/security.md has the sum). Asked of a peer only when its network's bucket has run short.
/// One a session; no clock and no Rx in it.
/// </summary>
public sealed class ProofOfReceipt(Peer peer, AmplificationBudget budget)
{
    public const int PassesNeeded = 4, DoubtsMax = 4, Odds = 9;

    /// <summary>Places at which one may be left out. More would cost more blocks, fewer more time.</summary>
    private const int PlacesMax = 3;

    /// <summary>
    /// Bytes that a network must have left beyond what a challenge is likely to take, for another peer to be challenged: those under way may need
    /// more rounds, and if all of them came to a stop at once nobody's charge would ever be given back.
    /// </summary>
    private const int Reserve = 16 << 10;

    private static readonly TimeSpan ShortestAnswer = TimeSpan.FromMilliseconds(20), LongestAnswer = TimeSpan.FromSeconds(1);

    private int _passes, _doubts;
    private DateTimeOffset? _sentAt;

    /// <summary>The peer is being challenged.</summary>
    public bool IsOn { get; private set; }

    /// <summary>What is to be sent, or was.</summary>
    public ChallengeRound Round { get; private set; }

    /// <summary>Decides about the next window, and pays for what it allows.</summary>
    /// <param name="blocks">How many it has.</param>
    /// <param name="bytes">Of UDP payload in all of them.</param>
    /// <param name="blockLength">Bytes of UDP payload in a whole block.</param>
    /// <param name="roundTrip">As measured by the peer's own ACKs; <c>null</c>: never.</param>
    public WindowPlan Next(int blocks, long bytes, int blockLength, TimeSpan? roundTrip, DateTimeOffset now)
    {
        if (peer.IsFree) return WindowPlan.Send;
        if (!IsOn)
        {
            var isShort = budget.Answered.IsShort(peer.Flow.Remote, now);
            if (isShort ? budget.TryCoverByProof(peer, bytes, now) : budget.TryCover(peer, bytes, now)) return WindowPlan.Send;
            // What all its rounds are likely to take, three blocks each, is set aside at once.
            var likely = Math.Min((long)PassesNeeded * Math.Min(blocks, PlacesMax) * blockLength, AmplificationBudget.AnsweredBurst / 3);
            if (budget.Answered.Available(peer.Flow.Remote, now) < likely + Reserve || !budget.TryCover(peer, likely, now)) return WindowPlan.Withhold;
        }

        var round = Draw(blocks, roundTrip);
        if (!budget.TryCover(peer, (long)(round.Blocks + (round.LeavesOneOut ? 1 : 0)) * blockLength, now)) return WindowPlan.Withhold;
        (IsOn, Round, _sentAt) = (true, round, null);
        return WindowPlan.Challenge;
    }

    /// <summary>The round has gone out.</summary>
    public void Sent(DateTimeOffset now) => _sentAt = now;

    /// <summary>Judges an ACK.</summary>
    /// <param name="ahead">Blocks that it goes forward, at least 1.</param>
    /// <param name="wasSentBefore">All of them had been sent before the round.</param>
    public ProofVerdict Judge(int ahead, bool wasSentBefore, DateTimeOffset now)
    {
        Misses = 0;
        if (_sentAt is not { } sentAt) return wasSentBefore ? ProofVerdict.None : ProofVerdict.Failed;
        if (ahead > Round.Blocks && !wasSentBefore) return ProofVerdict.Failed;
        if (ahead != Round.Blocks || now - sentAt > Round.AnswerTime) return Doubt() ? ProofVerdict.Doubtful : ProofVerdict.Failed;
        if (++_passes >= PassesNeeded)
        {
            IsOn = false;
            budget.Prove(peer, now);
        }

        return ProofVerdict.Passed;
    }

    /// <summary>No answer came, be it for a loss or a stall: that is no guess, and no doubt.</summary>
    public void Miss() => Misses++;

    /// <summary>Rounds in a row that nobody has answered.</summary>
    public int Misses { get; private set; }

    private bool Doubt() => ++_doubts <= DoubtsMax;

    private ChallengeRound Draw(int blocks, TimeSpan? roundTrip)
    {
        var answer = roundTrip is { } time ? 1.25 * time + ShortestAnswer / 2 : LongestAnswer;
        answer = answer < ShortestAnswer ? ShortestAnswer : answer > LongestAnswer ? LongestAnswer : answer;
        // One or two blocks are all of the window: nothing can be left out between them.
        var places = Math.Clamp(blocks - 2, 0, PlacesMax);
        var longest = Odds * answer / Math.Max(1, places);
        var blocksBefore = places == 0 ? blocks : 1 + budget.Chance.Below(places);
        return new ChallengeRound(blocksBefore, LeavesOneOut: places > 0, budget.Chance.UpTo(longest), answer, longest / 2);
    }
}
