using CsCheck;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class BlockReceiverTests
{
    private const int BlockSize = 8;

    [Test]
    public void Acknowledges_every_block_without_a_window()
    {
        var receiver = Receiver(window: 1);
        Assert.That(Receive(receiver, 1), Is.EqualTo(new BlockVerdict(true, true)));
        Assert.That(Receive(receiver, 2), Is.EqualTo(new BlockVerdict(true, true)));
    }

    [Test]
    public void Acknowledges_a_repeat_only_if_its_ack_was_the_last_one()
    {
        var receiver = Receiver(window: 2);
        Receive(receiver, 1);
        Assert.That(Receive(receiver, 1), Is.EqualTo(new BlockVerdict(false, false)), "no ACK is due yet");
        Receive(receiver, 2);
        Assert.That(Receive(receiver, 1), Is.EqualTo(new BlockVerdict(false, false)), "the window is repeated: block 2 follows");
        Assert.That(Receive(receiver, 2), Is.EqualTo(new BlockVerdict(false, true)));
    }

    [Test]
    public void Reports_a_gap_again_when_the_repeat_is_lost_too()
    {
        var receiver = Receiver(window: 8);
        Receive(receiver, 1);
        Assert.That(Receive(receiver, 3).Acknowledges, Is.True);
        Assert.That(Receive(receiver, 4).Acknowledges, Is.False);
        Assert.That(Receive(receiver, 3).Acknowledges, Is.True, "the numbers start over");
        Assert.That(receiver.Last, Is.EqualTo(1));
    }

    [Test]
    public void Goes_on_from_65535_to_0()
    {
        var receiver = Receiver(window: 1);
        for (var index = 1; index <= 65535; index++) Receive(receiver, index);
        Assert.That(Receive(receiver, 65536), Is.EqualTo(new BlockVerdict(true, true)));
        Assert.That(Receive(receiver, 65537), Is.EqualTo(new BlockVerdict(true, true)));
        Assert.That(receiver.Last, Is.EqualTo(65537));
    }

    [Test]
    public void Takes_nothing_after_the_last_block()
    {
        var receiver = Receiver(window: 4);
        Assert.That(receiver.Receive(BlockNumber.Of(1), BlockSize - 1), Is.EqualTo(new BlockVerdict(true, true)));
        Assert.That(receiver.IsComplete, Is.True);
        Assert.That(Receive(receiver, 2), Is.EqualTo(new BlockVerdict(false, false)));
    }

    [Test]
    public void Takes_every_block_once_and_in_order_whatever_the_network_loses_and_repeats() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 60], Gen.Int[0, 2].Array[4000]).Sample((window, blocks, fates) =>
        {
            // 0 of three: lost, 1: arrives, 2: arrives twice. When the fates run out, everything arrives.
            var receiver = Receiver(window);
            var fate = 0;
            var acknowledged = 0L;
            for (var round = 0; round < 10_000 && acknowledged < blocks; round++)
            {
                var heard = acknowledged;
                for (var index = acknowledged + 1; index <= Math.Min(blocks, acknowledged + window); index++)
                {
                    for (var copies = Next(); copies > 0; copies--)
                    {
                        var before = receiver.Last;
                        var verdict = receiver.Receive(BlockNumber.Of(index), index == blocks ? 0 : BlockSize);
                        if (verdict.Takes != (receiver.Last == before + 1) || (verdict.Takes && receiver.Last != index)) return false;
                        if (verdict.Acknowledges) Acknowledge(ref heard);
                    }
                }

                // Silence on both sides: the receiver's timer.
                if (heard == acknowledged && receiver.Last > 0) Acknowledge(ref heard);
                acknowledged = heard;
            }

            return receiver.IsComplete && receiver.Last == blocks;

            int Next() => fate < fates.Length ? fates[fate++] : 1;

            void Acknowledge(ref long heard)
            {
                receiver.OnAcknowledged();
                if (Next() > 0) heard = Math.Max(heard, receiver.Last);
            }
        }, iter: 2000);

    private static BlockVerdict Receive(BlockReceiver receiver, long index)
    {
        var verdict = receiver.Receive(BlockNumber.Of(index), BlockSize);
        if (verdict.Acknowledges) receiver.OnAcknowledged();
        return verdict;
    }

    private static BlockReceiver Receiver(int window) => new(new TransferParameters(BlockSize, window, null));
}
