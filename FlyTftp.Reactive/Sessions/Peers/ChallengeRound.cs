namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>One question to a peer: a few blocks, after a while that cannot be foretold.</summary>
/// <param name="Blocks">Blocks in order. An ACK of the last of them is the right answer.</param>
/// <param name="Pending">How many from the first on had been sent before, so that the client may have them: an ACK of those says nothing.</param>
/// <param name="LeavesOneOut">One more goes out behind a block that does not: who receives names the block before the gap (RFC 7440 §4).</param>
/// <param name="Longest">The hold is at most this.</param>
/// <param name="AnswerTime">How long after it was sent the answer counts.</param>
/// <param name="Odds">A guess is right once in so many rounds at most; 1: the round is no bet.</param>
public readonly record struct ChallengeRound(int Blocks, int Pending, bool LeavesOneOut, TimeSpan Longest, TimeSpan AnswerTime, double Odds)
{
    /// <summary>Whoever bets on one place, or on one time, is right so seldom, as long as round trips are shorter than about 0.2 s.</summary>
    public const double UsualOdds = 6.5;

    /// <summary>Places at which one may be left out. More would cost more blocks, fewer more time.</summary>
    public const int PlacesMax = 4;

    /// <summary>The same, and the most blocks of a whole window, for clients that did not answer when one was left out.</summary>
    public const int WholeMax = 8;

    /// <summary>However far the client is away, its own timer must not run out for the hold.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(2);

    /// <summary>Before anything was measured.</summary>
    public static readonly TimeSpan UnknownAnswerTime = TimeSpan.FromMilliseconds(400);

    /// <summary>For clients that name a gap when their own timer runs out and no sooner.</summary>
    public static readonly TimeSpan PatientAnswerTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// When nobody has answered for so long the round may come again: two holds of one round must not overlap, or a guess could be right by either;
    /// and who answers by his own timer is to have the time.
    /// </summary>
    public TimeSpan Silence => AnswerTime < PatientAnswerTime ? Longest : TimeSpan.FromSeconds(1);

    /// <summary>Datagrams.</summary>
    public int Count => LeavesOneOut ? Blocks + 1 : Blocks;

    /// <summary>Draws one.</summary>
    /// <param name="blocks">How many the window has.</param>
    /// <param name="pending">How many of these had been sent before, or more.</param>
    /// <param name="placesMax">At how many places one may be left out; 0: the client does not say so when one is.</param>
    /// <param name="answer">How long its answers are likely to take.</param>
    public static ChallengeRound Draw(int blocks, int pending, int placesMax, TimeSpan answer, SecretChance chance)
    {
        // Where the client stands has to be known first.
        if (pending > PlacesMax) return blocks > 2 ? new(1, pending, true, answer, answer, 1) : new(blocks, pending, false, answer, answer, 1);
        if (placesMax == 0 && blocks > WholeMax) return LeaveOneOut(pending, Math.Clamp(blocks - pending - 2, 1, WholeMax), TimeSpan.Zero, PatientAnswerTime, chance);
        var places = Math.Clamp(blocks - pending - 2, 0, placesMax);
        var longest = Shorter(UsualOdds / Math.Max(1, places) * answer, LongestHold);
        return places == 0
            ? new ChallengeRound(blocks, pending, false, longest, answer, Math.Max(1, longest / answer))
            : LeaveOneOut(pending, places, longest, answer, chance);
    }

    private static ChallengeRound LeaveOneOut(int pending, int places, TimeSpan longest, TimeSpan answer, SecretChance chance) =>
        new(pending + 1 + chance.Below(places), pending, true, longest, answer, places * Math.Max(1, longest / answer));

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
