using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

/// <summary>One peer that has answered, in a network with a budget of its own, and the proof that is asked of it.</summary>
internal abstract class ProofStage
{
    protected const int BlockLength = 1432;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    protected static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(40), Variation = TimeSpan.FromMilliseconds(5);

    protected AmplificationBudget Budget { get; private set; } = null!;

    protected Peer Peer { get; private set; } = null!;

    protected ProofOfReceipt Proof { get; private set; } = null!;

    protected DateTimeOffset Now { get; set; }

    [SetUp]
    public void Begin() => Begin(key: 1);

    protected void Begin(UInt128 key)
    {
        (Budget, Now) = (new AmplificationBudget(key: key), Start);
        Peer = new Peer(Stage.Flow, Stage.Request()) { Kind = PeerKind.Answered };
        Proof = new ProofOfReceipt(Peer, Budget);
    }

    protected void Shorten() => Leave(AmplificationBudget.AnsweredBurst * 4 / 10);

    protected void Leave(int bytes)
    {
        var available = (long)Budget.Answered.Available(Peer.Flow.Remote, Now);
        if (available >= bytes) Budget.Answered.TryCharge(Peer.Flow.Remote, available - bytes, Now);
        else Budget.Answered.GiveBack(Peer.Flow.Remote, bytes - available);
        Peer.SentBytes = Peer.CoveredBytes;
    }

    protected void Prove()
    {
        Shorten();
        while (Peer.Kind != PeerKind.Proven)
        {
            Next(16);
            Answer(Proof.Round.Blocks, RoundTrip);
        }
    }

    protected WindowPlan Other() =>
        new ProofOfReceipt(new Peer(Peer.Flow, Peer.Request) { Kind = PeerKind.Answered }, Budget).Next(16, 0, 16 * BlockLength, BlockLength, RoundTrip, Variation, Now);

    protected WindowPlan Next(int blocks, int pending = 0) => Proof.Next(blocks, pending, (long)blocks * BlockLength, BlockLength, RoundTrip, Variation, Now);

    protected void Send(int blocks, ref int sent)
    {
        sent += blocks * BlockLength;
        Peer.SentBytes += blocks * BlockLength;
    }

    protected ProofVerdict Answer(int ahead, TimeSpan after)
    {
        Proof.Sent(Now += Proof.Hold);
        if (Peer.Kind != PeerKind.Proven) Peer.SentBytes = Peer.CoveredBytes;
        return Proof.Judge(ahead, Now += after);
    }
}
