using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

internal sealed class ProofOfReceiptTests : ProofStage
{
    [Test]
    public void Nobody_is_asked_while_half_of_the_networks_bucket_is_left()
    {
        var sent = 0;
        while (Next(16) == WindowPlan.Send) Send(16, ref sent);
        Assert.That(sent, Is.InRange(AmplificationBudget.AnsweredBurst / 3, AmplificationBudget.AnsweredBurst / 2));
        Assert.That(Proof.IsOn);
    }

    [Test]
    public void Who_names_the_block_before_the_gap_three_times_is_proven_and_gets_everything_back()
    {
        Shorten();
        for (var right = 1; right <= 3; right++)
        {
            Assert.That(Next(16), Is.EqualTo(WindowPlan.Challenge));
            Assert.That(Proof.Round.LeavesOneOut);
            Assert.That(Proof.Round.Blocks, Is.InRange(1, ChallengeRound.PlacesMax));
            Assert.That(Proof.Round.Odds, Is.EqualTo(ChallengeRound.UsualOdds).Within(1e-6));
            Assert.That(Answer(Proof.Round.Blocks, RoundTrip), Is.EqualTo(ProofVerdict.Right));
            Assert.That(Peer.Kind, Is.EqualTo(right == 3 ? PeerKind.Proven : PeerKind.Answered));
        }

        Assert.That(Next(16), Is.EqualTo(WindowPlan.Send));
        Assert.That(Peer.ChargedAnswered, Is.Zero);
        Assert.That(Budget.Proven.TryCharge(Peer.Flow.Remote, (long)(ProofOfReceipt.BytesForEvidence * Proof.Evidence), Now));
        Assert.That(Budget.Proven.TryCharge(Peer.Flow.Remote, 1, Now), Is.False);
    }

    // In lock-step, and of the two blocks that end a file, nothing can be left out: only the time is unknown.
    [TestCase(1)]
    [TestCase(2)]
    public void Where_nothing_can_be_left_out_the_time_alone_is_unknown(int blocks)
    {
        Shorten();
        Assert.That(Next(blocks), Is.EqualTo(WindowPlan.Challenge));
        Assert.That((Proof.Round.Blocks, Proof.Round.LeavesOneOut), Is.EqualTo((blocks, false)));
        Assert.That(Proof.Round.AnswerTime, Is.EqualTo(TimeSpan.FromMilliseconds(65)), "1.25 round trips, the variation and 10 ms");
        Assert.That(Proof.Round.Longest, Is.EqualTo(6.5 * Proof.Round.AnswerTime));
        Assert.That(Proof.Hold, Is.LessThanOrEqualTo(Proof.Round.Longest));
        Assert.That(Answer(blocks, RoundTrip), Is.EqualTo(ProofVerdict.Right));
    }

    [Test]
    public void A_client_far_away_is_held_up_for_two_seconds_at_most_and_each_answer_weighs_less()
    {
        Shorten();
        Proof.Next(1, 0, BlockLength, BlockLength, TimeSpan.FromMilliseconds(600), TimeSpan.FromMilliseconds(40), Now);
        Assert.That(Proof.Round.Longest, Is.EqualTo(ChallengeRound.LongestHold));
        Assert.That(Proof.Round.Odds, Is.EqualTo(2.5).Within(1e-9));
        Answer(1, TimeSpan.FromMilliseconds(600));
        Assert.That(Proof.Evidence, Is.EqualTo(0.75 * 2.5).Within(1e-9));
    }

    [Test]
    public void Who_acknowledges_what_is_held_back_has_failed_at_once()
    {
        Shorten();
        Next(16);
        Assert.That(Proof.Judge(1, Now), Is.EqualTo(ProofVerdict.Refuted));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Who_acknowledges_the_block_that_was_left_out_or_the_one_behind_it_has_failed_at_once(int behind)
    {
        Shorten();
        Next(16);
        Assert.That(Answer(Proof.Round.Blocks + behind, RoundTrip), Is.EqualTo(ProofVerdict.Refuted));
    }

    // The ACK of a block that is still under way may come after one of a block before it.
    [Test]
    public void Blocks_that_were_sent_before_are_no_bet_and_the_one_left_out_lies_behind_them()
    {
        Shorten();
        Next(16, pending: 3);
        Assert.That(Proof.Round.Blocks, Is.InRange(4, 3 + ChallengeRound.PlacesMax));
        Assert.That(Proof.Judge(3, Now), Is.EqualTo(ProofVerdict.None));
        Assert.That(Proof.Evidence, Is.EqualTo(1));
        Next(16, pending: 3);
        Assert.That(Proof.Judge(4, Now), Is.EqualTo(ProofVerdict.Refuted));
    }

    [Test]
    public void Where_much_was_sent_before_the_client_is_asked_first_where_it_stands()
    {
        Shorten();
        Next(16, pending: 16);
        Assert.That((Proof.Round.Blocks, Proof.Round.LeavesOneOut, Proof.Round.Odds), Is.EqualTo((1, true, 1.0)));
        Assert.That(Answer(1, RoundTrip), Is.EqualTo(ProofVerdict.None));
        Assert.That(Proof.Evidence, Is.EqualTo(1));
        // It has named the gap: of what lies behind that it has nothing, though all of it was sent.
        Next(16, pending: 15);
        Assert.That(Proof.Round.Blocks, Is.InRange(1, ChallengeRound.PlacesMax));
        Assert.That(Proof.Judge(15, Now), Is.EqualTo(ProofVerdict.Wrong), "a client may have it all the same, and is not refuted by that");
    }

    [Test]
    public void A_late_answer_and_a_loss_cost_evidence_and_too_many_of_them_end_it()
    {
        Shorten();
        Next(16);
        Assert.That(Answer(Proof.Round.Blocks, Proof.Round.AnswerTime + TimeSpan.FromMilliseconds(1)), Is.EqualTo(ProofVerdict.Wrong));
        var expected = 0.25 * 6.5 / 5.5;
        Assert.That(Proof.Evidence, Is.EqualTo(expected).Within(1e-6));
        for (var wrong = 2; wrong <= 6; wrong++)
        {
            Next(16);
            expected *= 0.25 * Proof.Round.Odds / (Proof.Round.Odds - 1);
            var isLoss = Proof.Round.Blocks > 1;
            var (ahead, after) = isLoss ? (Proof.Round.Blocks - 1, RoundTrip) : (1, Proof.Round.AnswerTime + RoundTrip);
            Assert.That(Answer(ahead, after), Is.EqualTo(wrong == 6 ? ProofVerdict.Refuted : ProofVerdict.Wrong));
            Assert.That(Proof.Evidence, Is.EqualTo(expected).Within(1e-6));
        }
    }

    [Test]
    public void Silence_weighs_nothing_and_the_same_is_asked_again_after_another_hold()
    {
        Shorten();
        Next(1);
        var (round, hold) = (Proof.Round, Proof.Hold);
        for (var silence = 1; silence <= 9; silence++)
        {
            Proof.Sent(Now);
            Proof.Miss();
            Assert.That(Proof.Misses, Is.EqualTo(silence));
            Next(1);
            Assert.That(Proof.Round, Is.EqualTo(round));
            Assert.That(Proof.Hold, Is.Not.EqualTo(hold));
        }

        Assert.That(Proof.Evidence, Is.EqualTo(1));
        // The answer to an earlier copy, while the next is held back: late, and no guess.
        Assert.That(Proof.Judge(1, Now), Is.EqualTo(ProofVerdict.Wrong));
        Assert.That(Proof.Misses, Is.Zero);
    }

    [TestCase(8, 8, false)]
    [TestCase(16, 8, true)]
    public void A_client_that_leaves_two_gaps_unanswered_gets_a_whole_window_or_the_time_that_its_own_timer_needs(int window, int blocksMax, bool leavesOneOut)
    {
        Shorten();
        for (var gap = 1; gap <= ProofOfReceipt.GapsMax; gap++)
        {
            Next(window);
            Assert.That((Proof.Round.LeavesOneOut, Proof.Round.AnswerTime), Is.EqualTo((true, TimeSpan.FromMilliseconds(65))));
            Proof.Sent(Now);
            Proof.Miss();
        }

        Next(window);
        Assert.That(Proof.Round.LeavesOneOut, Is.EqualTo(leavesOneOut));
        Assert.That(Proof.Round.Blocks, leavesOneOut ? Is.InRange(1, blocksMax) : Is.EqualTo(blocksMax));
        Assert.That(Answer(Proof.Round.Blocks, leavesOneOut ? TimeSpan.FromSeconds(5) : RoundTrip), Is.EqualTo(ProofVerdict.Right));
        Next(window);
        Assert.That(Proof.Round.LeavesOneOut, Is.EqualTo(leavesOneOut), "it is still no client that names gaps");
    }

    [Test]
    public void A_proof_is_good_for_bytes_by_its_evidence_and_what_is_asked_after_that_is_not_charged()
    {
        Prove();
        Peer.SentBytes = (long)(ProofOfReceipt.BytesForEvidence * Proof.Evidence) - 16 * BlockLength;
        Assert.That(Next(16), Is.EqualTo(WindowPlan.Send));
        Peer.SentBytes += 16 * BlockLength;
        var left = Budget.Answered.Available(Peer.Flow.Remote, Now);
        Assert.That(Next(16), Is.EqualTo(WindowPlan.Challenge));
        Assert.That(Answer(Proof.Round.Blocks, RoundTrip), Is.EqualTo(ProofVerdict.Right));
        Assert.That(Budget.Answered.Available(Peer.Flow.Remote, Now), Is.GreaterThanOrEqualTo(left));
        Assert.That(Next(16), Is.EqualTo(WindowPlan.Send), "it is good for almost five times as much now");
    }

    [Test]
    public void What_was_set_aside_for_two_rounds_and_not_sent_goes_back_when_nobody_answers()
    {
        Shorten();
        var left = Budget.Answered.Available(Peer.Flow.Remote, Now);
        Next(16);
        Assert.That(left - Budget.Answered.Available(Peer.Flow.Remote, Now), Is.EqualTo(2 * 5 * BlockLength).Within(3 * Peer.RequestBytes));
        Peer.SentBytes += Proof.Round.Count * BlockLength;
        Proof.Miss();
        Assert.That(left - Budget.Answered.Available(Peer.Flow.Remote, Now), Is.EqualTo(Proof.Round.Count * BlockLength).Within(3 * Peer.RequestBytes));
    }

    [Test]
    public void What_an_earlier_session_of_the_address_was_charged_goes_back_with_the_proof()
    {
        Shorten();
        var left = Budget.Answered.Available(Peer.Flow.Remote, Now);
        var given = new Peer(Peer.Flow with { Remote = Peer.Flow.Remote with { Port = 9 } }, Peer.Request) { Kind = PeerKind.Answered, HasAcknowledged = true };
        Assert.That(Budget.TryCover(given, 5000, Now));
        Assert.That(Budget.Answered.Available(Peer.Flow.Remote, Now), Is.LessThan(left - 4000));
        while (Peer.Kind != PeerKind.Proven)
        {
            Next(16);
            Answer(Proof.Round.Blocks, RoundTrip);
        }

        Assert.That(Budget.Answered.Available(Peer.Flow.Remote, Now), Is.GreaterThanOrEqualTo(left));
    }

    [Test]
    public void A_session_is_superseded_once_its_address_begins_another()
    {
        Shorten();
        Next(16);
        var heard = Now;
        Assert.That(Proof.IsSuperseded(heard), Is.False);
        Now += TimeSpan.FromSeconds(1);
        Other();
        Assert.That(Proof.IsSuperseded(heard));
        Assert.That(Proof.IsSuperseded(Now), Is.False, "it has spoken since");
    }

    [Test]
    public void However_small_the_blocks_are_a_round_costs_what_a_guess_may_win()
    {
        Shorten();
        var left = Budget.Answered.Available(Peer.Flow.Remote, Now);
        for (var round = 1; round <= 3; round++)
        {
            Proof.GoOn();
            Proof.Next(1, 0, 12, 12, RoundTrip, Variation, Now);
            Peer.SentBytes += 12;
            Assert.That(left - Budget.Answered.Available(Peer.Flow.Remote, Now), Is.EqualTo(round * ProofOfReceipt.LeastCharge).Within(3 * Peer.RequestBytes));
        }
    }

    [Test]
    public void The_last_bytes_of_a_bucket_are_for_those_who_were_right_and_then_nothing_goes_out()
    {
        Shorten();
        Next(16);
        Leave(25_000);
        Assert.That(Other(), Is.EqualTo(WindowPlan.Withhold), "too little for another challenge to begin");
        Leave(4 * BlockLength);
        Assert.That(Next(16), Is.EqualTo(WindowPlan.Withhold), "it has no right answer yet");
        Leave(48_000);
        Next(16);
        Assert.That(Answer(Proof.Round.Blocks, RoundTrip), Is.EqualTo(ProofVerdict.Right));
        Leave(6 * BlockLength);
        Assert.That(Next(16), Is.EqualTo(WindowPlan.Challenge));
        Leave(0);
        Assert.That(Next(16), Is.EqualTo(WindowPlan.Withhold));
    }

    [Test]
    public void Another_transfer_of_a_proven_address_is_not_asked_again()
    {
        Budget.Proven.Add(Peer.Flow.Remote, 64 * BlockLength, Now);
        Shorten();
        Assert.That(Next(64), Is.EqualTo(WindowPlan.Send));
        Assert.That(Peer.ChargedAnswered, Is.Zero);
    }
}
