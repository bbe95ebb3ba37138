using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Recovery;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Recovery;

/// <summary>The book-keeping of one transfer, told what happened and when; what it leads to on the wire is SendBlocksTests'.</summary>
internal sealed class SendStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private TestStore _store = null!;
    private Admission _admission = null!;

    [TearDown]
    public void Close() => _admission.Content!.Dispose();

    [Test]
    public void Without_options_the_first_block_is_the_answer()
    {
        var state = State(600);
        Assert.That(state.NeedsBlocks);
        Assert.That(state.Wanted, Is.EqualTo((0L, 512)));
        state.Loaded(LoadResult.Of(512));
        Assert.That(state.NeedsBlocks, Is.False);
        Assert.That(state.Emit(Start).ToString(), Is.EqualTo("DATA 1 (512 bytes)"));
        Assert.That(state.Acknowledge(new BlockNumber(1), Start));
        Assert.That(state.NeedsBlocks);
        Assert.That(state.Wanted, Is.EqualTo((512L, 512)));
    }

    [Test]
    public void With_options_the_oack_is_the_answer_and_counts_as_block_0()
    {
        var state = State(600, Oack(1000, 4));
        Assert.That(state.NeedsBlocks, Is.False);
        Assert.That(state.Emit(Start).Kind, Is.EqualTo(EmissionKind.OptionAcknowledgment));
        Assert.That(state.Acknowledge(new BlockNumber(1), Start), Is.False);
        Assert.That(state.Acknowledge(new BlockNumber(0), Start));
        Assert.That(state.Wanted, Is.EqualTo((0L, 4000)));
        Assert.That(_admission.Peer.HasAcknowledged);
        Assert.That(_admission.Peer.IsValidated, Is.False, "ACK 0 can be guessed");
    }

    // The window has four blocks of 1000: what a load brings, and what is sent.
    [TestCase(4000, 4, 1000)]
    [TestCase(3999, 4, 999)]
    [TestCase(3000, 4, 0)]
    [TestCase(1, 1, 1)]
    [TestCase(0, 1, 0)]
    public void A_window_that_is_not_full_ends_with_the_block_that_is_not(int available, int count, int lastLength)
    {
        var state = Offered(available);
        state.Loaded(LoadResult.Of(available));
        var emission = state.Emit(Start);
        Assert.That((emission.BlockCount, emission.LastLength), Is.EqualTo((count, lastLength)));
        Assert.That(state.Acknowledge(new BlockNumber((ushort)count), Start));
        Assert.That(state.Outcome, Is.EqualTo(available == 4000 ? null : Outcome.Complete));
    }

    [Test]
    public void An_ack_inside_the_window_makes_the_next_begin_after_it()
    {
        var state = Offered(100_000);
        state.Loaded(LoadResult.Of(4000));
        state.Emit(Start);
        Assert.That(state.Acknowledge(new BlockNumber(2), Start.AddSeconds(0.1)));
        Assert.That(_admission.Peer.IsValidated);
        Assert.That(state.Wanted, Is.EqualTo((2000L, 4000)));
        state.Loaded(LoadResult.Of(4000));
        var emission = state.Emit(Start.AddSeconds(0.1));
        Assert.That((emission.FirstBlock, emission.BlockCount, emission.IsRepeat), Is.EqualTo((3L, 4, true)));
        Assert.That(state.Summarize(Start).Retransmissions, Is.EqualTo(2), "3 and 4; 5 and 6 are new");
    }

    [TestCase(0, false)]
    [TestCase(4, true)]
    [TestCase(1, true)]
    [TestCase(5, false)]
    [TestCase(65535, false)]
    public void Only_acks_of_what_is_in_flight_say_something(int block, bool isAwaited)
    {
        var state = Offered(100_000);
        state.Loaded(LoadResult.Of(4000));
        state.Emit(Start);
        Assert.That(state.Acknowledge(new BlockNumber((ushort)block), Start.AddSeconds(0.9)), Is.EqualTo(isAwaited));
    }

    [Test]
    public void Nothing_is_awaited_while_blocks_are_loaded()
    {
        var state = Offered(100_000);
        Assert.That(state.Acknowledge(new BlockNumber(0), Start), Is.False);
        Assert.That(state.Acknowledge(new BlockNumber(1), Start), Is.False);
    }

    [Test]
    public void An_ack_is_awaited_once_something_is_sent_and_until_it_comes()
    {
        var state = Offered(100_000);
        Assert.That((state.AwaitsAck, state.NeedsBlocks, state.HasEmission), Is.EqualTo((false, true, true)), "blocks are loaded");
        Assert.That(state.Loaded(LoadResult.Of(4000)));
        Assert.That((state.AwaitsAck, state.NeedsBlocks, state.HasEmission), Is.EqualTo((false, false, true)));
        state.Emit(Start);
        Assert.That((state.AwaitsAck, state.NeedsBlocks, state.HasEmission), Is.EqualTo((true, false, false)));
        Assert.That(state.Loaded(default), "a turn that needs no blocks");
        Assert.That(Repeat(state, 1).ToString(), Is.EqualTo("DATA 1, 4"));
        Assert.That(state.AwaitsAck);
        Assert.That(Repeat(state, 3).ToString(), Is.EqualTo("DATA 1, 4"));
        Assert.That(state.Expire(Start.AddSeconds(7)), "and in silence, since nothing has proven the address, and eight blocks are two windows");
        Assert.That((state.AwaitsAck, state.HasEmission), Is.EqualTo((true, false)));
        Assert.That(state.Judge(Packet.Superseded, Start.AddSeconds(8)));
        Assert.That((state.AwaitsAck, state.NeedsBlocks, state.Outcome), Is.EqualTo((false, false, Outcome.Closed)));
    }

    [Test]
    public void What_is_due_but_was_not_sent_yet_cannot_be_acknowledged()
    {
        // A round trip of 50 ms: ten of sixteen blocks leave at once. All of them are due at 0.2 s, but the pacer has not come to that yet.
        var state = State(100_000, Oack(1000, 16));
        state.Emit(Start);
        Assert.That(state.Acknowledge(new BlockNumber(0), Start.AddSeconds(0.05)));
        state.Loaded(LoadResult.Of(16_000));
        Assert.That(state.Emit(Start.AddSeconds(0.05)).Pacing.Burst, Is.EqualTo(10));
        _admission.Peer.NoteSent(10);
        Assert.That(state.Acknowledge(new BlockNumber(16), Start.AddSeconds(0.2)), Is.False);
        _admission.Peer.NoteSent(16);
        Assert.That(state.Acknowledge(new BlockNumber(16), Start.AddSeconds(0.2)));
    }

    [Test]
    public void A_load_that_fails_ends_the_transfer()
    {
        var state = State(600);
        Assert.That(state.Loaded(LoadResult.Failed("changed")), Is.False);
        Assert.That((state.Outcome, state.Detail), Is.EqualTo((Outcome.Faulted, "changed")));
    }

    [Test]
    public void What_was_withheld_is_no_repeat_and_no_attempt()
    {
        var state = State(600);
        state.Loaded(LoadResult.Of(512));
        _admission.Peer.IsWithheld = _admission.Peer.IsValidated = _admission.Peer.HasAcknowledged = true;
        state.Emit(Start);
        Assert.That(state.Due, Is.EqualTo(SendState.WithheldRetry), "and there is no backing off");
        for (var second = 1; second <= 5; second++) Assert.That(Repeat(state, second).IsRepeat, Is.False);
        Assert.That(state.Due, Is.EqualTo(SendState.WithheldRetry));
        for (var second = 6; second < 30; second++) Assert.That(Repeat(state, second).IsRepeat, Is.False);
        Assert.That(state.Due, Is.EqualTo(SendState.AbandonedRetry), "it has said nothing for longer than any client that asks again");
        _admission.Peer.IsWithheld = false;
        Assert.That(Repeat(state, 30).IsRepeat);
        Assert.That(state.Summarize(Start).Retransmissions, Is.EqualTo(1));
    }

    [Test]
    public void Nobody_is_validated_by_acknowledging_what_was_withheld()
    {
        var state = State(600);
        state.Loaded(LoadResult.Of(512));
        state.Emit(Start);
        _admission.Peer.IsWithheld = true;
        Assert.That(state.Acknowledge(new BlockNumber(1), Start), Is.False);
        Assert.That(_admission.Peer.IsValidated, Is.False);
        _admission.Peer.IsWithheld = false;
        Repeat(state, 1);
        _admission.Peer.IsWithheld = true;
        Assert.That(state.Acknowledge(new BlockNumber(1), Start), "the first copy did go out");
    }

    [Test]
    public void A_repeat_that_was_withheld_is_not_tried_again_for_one_who_has_not_answered()
    {
        var state = State(600);
        state.Loaded(LoadResult.Of(512));
        state.Emit(Start);
        Assert.That(Repeat(state, 1).IsRepeat);
        _admission.Peer.IsWithheld = true;
        Assert.That(state.Expire(Start.AddSeconds(3)) && !state.HasEmission, "in silence");
        _admission.Peer.IsWithheld = false;
        Assert.That(state.Expire(Start.AddSeconds(5)) && !state.HasEmission, "in silence");
        Assert.That(state.Expire(Start.AddSeconds(30)), Is.False);
        Assert.That(state.Outcome, Is.EqualTo(Outcome.GaveUp));
    }

    [Test]
    public void The_record_counts_what_was_acknowledged()
    {
        var state = Offered(3500);
        state.Loaded(LoadResult.Of(3500));
        state.Emit(Start);
        Assert.That(state.Acknowledge(new BlockNumber(3), Start.AddSeconds(0.5)));
        var end = state.Summarize(Start.AddSeconds(2));
        Assert.That((end.Bytes, end.Blocks, end.Duration), Is.EqualTo((3000L, 3L, TimeSpan.FromSeconds(2))));
        state.Loaded(LoadResult.Of(500));
        state.Emit(Start.AddSeconds(1));
        Assert.That(state.Acknowledge(new BlockNumber(4), Start.AddSeconds(2)));
        Assert.That((state.Summarize(Start).Bytes, state.Summarize(Start).Blocks), Is.EqualTo((3500L, 4L)));
    }

    private static (TransferParameters Parameters, OptionSet Granted) Oack(int blockSize, int windowSize) =>
        (new TransferParameters(blockSize, windowSize, null), new OptionSet(new TransferOption("blksize", "…")));

    /// <summary>Four blocks of 1000 a window, and the OACK acknowledged.</summary>
    private SendState Offered(int length)
    {
        var state = State(length, Oack(1000, 4));
        state.Emit(Start);
        Assert.That(state.Acknowledge(new BlockNumber(0), Start));
        return state;
    }

    private static Emission Repeat(SendState state, double seconds)
    {
        Assert.That(state.Expire(Start.AddSeconds(seconds)));
        Assert.That(state.HasEmission);
        return state.Emit(Start.AddSeconds(seconds));
    }

    private SendState State(int length, (TransferParameters Parameters, OptionSet Granted)? options = null)
    {
        _store = new TestStore().Add("file", length);
        var peer = new TestPeer();
        var (parameters, granted) = options ?? (TransferParameters.Default, OptionSet.Empty);
        _admission = new Admission(peer.Key, peer, Start) { Content = _store.Open("file"), Parameters = parameters, Granted = granted };
        return new SendState(_admission, new SessionLimits());
    }
}
