using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

internal sealed class ProofOfReceiptTests
{
    private const int BlockLength = 1432;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(40);

    private AmplificationBudget _budget = null!;
    private Peer _peer = null!;
    private ProofOfReceipt _proof = null!;
    private DateTimeOffset _now;

    [SetUp]
    public void Begin() => Begin(key: 1);

    [Test]
    public void Nobody_is_asked_while_the_network_has_two_thirds_of_its_bucket_left_to_spend()
    {
        var sent = 0;
        while (Next(16) == WindowPlan.Send) Send(16, ref sent);
        Assert.That(sent, Is.InRange(AmplificationBudget.AnsweredBurst / 3, AmplificationBudget.AnsweredBurst * 2 / 3 + 16 * BlockLength));
        Assert.That(_proof.IsOn);
    }

    [Test]
    public void Who_names_the_block_before_the_gap_each_time_is_proven_and_gets_everything_back()
    {
        Shorten();
        for (var pass = 1; pass <= ProofOfReceipt.PassesNeeded; pass++)
        {
            Assert.That(Next(16), Is.EqualTo(WindowPlan.Challenge));
            Assert.That(_proof.Round.LeavesOneOut);
            Assert.That(_proof.Round.Blocks, Is.InRange(1, 3));
            Assert.That(Answer(_proof.Round.Blocks, RoundTrip), Is.EqualTo(ProofVerdict.Passed));
            Assert.That(_peer.Kind, Is.EqualTo(pass == ProofOfReceipt.PassesNeeded ? PeerKind.Proven : PeerKind.Answered));
        }

        Assert.That(Next(64), Is.EqualTo(WindowPlan.Send));
        Assert.That(_peer.ChargedAnswered, Is.Zero);
        Assert.That(_budget.Proven.TryCharge(_peer.Flow.Remote, ProvenAddresses.Allowance, _now));
    }

    // In lock-step, and of the two blocks that end a file, nothing can be left out: only the time is unknown.
    [TestCase(1)]
    [TestCase(2)]
    public void Where_nothing_can_be_left_out_the_time_alone_is_unknown(int blocks)
    {
        Shorten();
        Assert.That(Next(blocks), Is.EqualTo(WindowPlan.Challenge));
        Assert.That((_proof.Round.Blocks, _proof.Round.LeavesOneOut), Is.EqualTo((blocks, false)));
        Assert.That(_proof.Round.AnswerTime, Is.EqualTo(TimeSpan.FromMilliseconds(60)), "1.25 round trips and 10 ms");
        Assert.That(_proof.Round.Hold, Is.LessThanOrEqualTo(9 * _proof.Round.AnswerTime));
        Assert.That(Answer(blocks, RoundTrip), Is.EqualTo(ProofVerdict.Passed));
    }

    [Test]
    public void Who_acknowledges_what_is_held_back_has_failed_at_once()
    {
        Shorten();
        Next(16);
        Assert.That(_proof.Judge(1, wasSentBefore: false, _now), Is.EqualTo(ProofVerdict.Failed));
    }

    [Test]
    public void Who_acknowledges_the_block_that_was_left_out_has_failed_at_once()
    {
        Shorten();
        Next(16);
        Assert.That(Answer(_proof.Round.Blocks + 1, RoundTrip), Is.EqualTo(ProofVerdict.Failed));
    }

    [Test]
    public void An_ack_of_what_was_sent_before_the_round_says_nothing_about_it()
    {
        Shorten();
        Next(16);
        Assert.That(_proof.Judge(2, wasSentBefore: true, _now), Is.EqualTo(ProofVerdict.None));
    }

    [Test]
    public void A_late_answer_and_a_loss_are_doubts_of_which_there_may_be_four_and_silence_is_none()
    {
        Shorten();
        Next(16);
        Assert.That(Answer(_proof.Round.Blocks, _proof.Round.AnswerTime + TimeSpan.FromMilliseconds(1)), Is.EqualTo(ProofVerdict.Doubtful));
        for (var silence = 1; silence <= 9; silence++)
        {
            Next(16);
            _proof.Sent(_now);
            _proof.Miss();
        }

        Assert.That(_proof.Misses, Is.EqualTo(9));
        for (var doubts = 2; doubts <= ProofOfReceipt.DoubtsMax + 1; doubts++)
        {
            do Next(16);
            while (_proof.Round.Blocks == 1);
            Assert.That(
                Answer(_proof.Round.Blocks - 1, RoundTrip),
                Is.EqualTo(doubts > ProofOfReceipt.DoubtsMax ? ProofVerdict.Failed : ProofVerdict.Doubtful));
            Assert.That(_proof.Misses, Is.Zero);
        }
    }

    [Test]
    public void The_last_bytes_of_a_bucket_are_for_challenges_under_way_and_then_nothing_goes_out()
    {
        Shorten();
        Next(16);
        var other = new Peer(_peer.Flow, _peer.Request) { Kind = PeerKind.Answered };
        _budget.Answered.TryCharge(_peer.Flow.Remote, (long)_budget.Answered.Available(_peer.Flow.Remote, _now) - 30_000, _now);
        Assert.That(new ProofOfReceipt(other, _budget).Next(16, 16 * BlockLength, BlockLength, RoundTrip, _now), Is.EqualTo(WindowPlan.Withhold));
        Assert.That(Next(16), Is.EqualTo(WindowPlan.Challenge));
        _budget.Answered.TryCharge(_peer.Flow.Remote, (long)_budget.Answered.Available(_peer.Flow.Remote, _now), _now);
        _peer.SentBytes = _peer.CoveredBytes;
        Assert.That(Next(16), Is.EqualTo(WindowPlan.Withhold));
    }

    [Test]
    public void Another_transfer_of_a_proven_address_is_not_asked_again()
    {
        _budget.Proven.Add(_peer.Flow.Remote, _now);
        Shorten();
        Assert.That(Next(64), Is.EqualTo(WindowPlan.Send));
        Assert.That(_peer.ChargedAnswered, Is.Zero);
    }

    // What a forger may try who knows all of this: it always says the same number, or a random one, at the best of all times.
    [TestCase(1, 1)]
    [TestCase(16, 1)]
    [TestCase(16, 2)]
    [TestCase(16, 3)]
    [TestCase(16, 0)]
    [TestCase(4, 1)]
    [TestCase(3, 1)]
    [TestCase(2, 2)]
    public void Guessing_succeeds_in_less_than_one_of_a_hundred_sessions(int window, int guess)
    {
        const int sessions = 20_000;
        var random = new Random(window * 10 + guess);
        // The end of the longest hold is the time at which an ACK is never too early, and in time as often as at any other.
        var best = Enumerable.Range(0, 4).Max(quarter => Enumerable.Range(0, sessions).Count(session =>
        {
            Begin(key: (UInt128)(session + 1));
            Shorten();
            while (_proof.IsOn || _peer.Kind == PeerKind.Answered)
            {
                if (Next(window) != WindowPlan.Challenge) return false;
                var round = _proof.Round;
                var longest = ProofOfReceipt.Odds * round.AnswerTime / Math.Max(1, Math.Clamp(window - 2, 0, 3));
                var at = longest * (quarter + 1) / 4;
                var ahead = window == 1 ? 1 : guess == 0 ? random.Next(1, 4) : guess;
                if (at >= round.Hold)
                {
                    _proof.Sent(_now + round.Hold);
                    _peer.SentBytes = _peer.CoveredBytes;
                }

                if (_proof.Judge(ahead, wasSentBefore: false, _now + at) == ProofVerdict.Failed) return false;
                _now += at + RoundTrip;
            }

            return _peer.Kind == PeerKind.Proven;
        }));
        Assert.That(best, Is.LessThan(sessions / 100));
        TestContext.Out.WriteLine($"window {window}, guess {guess}: {100.0 * best / sessions:F2} % of sessions at the best of four times");
    }

    private void Begin(UInt128 key)
    {
        (_budget, _now) = (new AmplificationBudget(key: key), Start);
        _peer = new Peer(Stage.Flow, Stage.Request()) { Kind = PeerKind.Answered };
        _proof = new ProofOfReceipt(_peer, _budget);
    }

    private void Shorten() => _budget.Answered.TryCharge(_peer.Flow.Remote, AmplificationBudget.AnsweredBurst * 7 / 10, _now);

    private WindowPlan Next(int blocks) => _proof.Next(blocks, (long)blocks * BlockLength, BlockLength, RoundTrip, _now);

    private void Send(int blocks, ref int sent)
    {
        sent += blocks * BlockLength;
        _peer.SentBytes += blocks * BlockLength;
    }

    private ProofVerdict Answer(int ahead, TimeSpan after)
    {
        _proof.Sent(_now += _proof.Round.Hold);
        _peer.SentBytes = _peer.CoveredBytes;
        return _proof.Judge(ahead, wasSentBefore: false, _now += after);
    }
}
