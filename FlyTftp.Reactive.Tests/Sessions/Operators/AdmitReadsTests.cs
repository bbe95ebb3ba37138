using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class AdmitReadsTests
{
    [TestCase("RRQ file octet", null)]
    [TestCase("RRQ file OcTeT", null)]
    [TestCase("RRQ file NETASCII", null)]
    [TestCase("RRQ file mail", RefusalReason.UnknownMode)]
    [TestCase("RRQ file bytes", RefusalReason.UnknownMode)]
    [TestCase("WRQ file octet", RefusalReason.WriteRequest)]
    [TestCase("WRQ file mail", RefusalReason.WriteRequest)]
    [TestCase("OPCODE9 file octet", RefusalReason.UnknownOpcode)]
    public void Judges_the_opcode_and_the_mode(string request, RefusalReason? refusal)
    {
        var (stage, peer) = (new Stage(), new TestPeer(request));
        stage.Watch(peer.AdmitReads(stage.Scheduler), admission => admission.Refusal?.Reason.ToString() ?? "standing");
        stage.At(2, () => peer.Send(request));
        Assert.That(stage.Run(), Is.EqualTo($"2.000 {refusal?.ToString() ?? "standing"}\n2.000 |"));
    }

    [Test]
    public void Takes_the_first_packet_only_and_leaves_the_others_to_whoever_comes_next()
    {
        var stage = new Stage();
        var peer = new TestPeer(stage: stage);
        stage.Watch(peer.AdmitReads(stage.Scheduler), admission => $"{admission.Started:s.ff} {admission.Peer == peer.Key} {admission.Replies == peer}");
        stage.At(1.5, () => peer.Send("RRQ file octet")).At(3, () => peer.Send("ACK 1"));
        Assert.That(stage.Run(), Is.EqualTo("1.500 1.50 True True\n1.500 |"));
        Assert.That(peer.Subscriptions, Is.EqualTo("0.000-1.500"));
    }
}
