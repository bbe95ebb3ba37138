using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

/// <summary>What somebody gets who sees nothing of what is sent.</summary>
internal sealed class ProofOfReceiptGuessTests : ProofStage
{
    // What a forger may try who knows all of this: it always says the same number, or a random one, at the best of all times.
    [TestCase(1, 1)]
    [TestCase(16, 1)]
    [TestCase(16, 2)]
    [TestCase(16, 3)]
    [TestCase(16, 4)]
    [TestCase(16, 0)]
    [TestCase(4, 1)]
    [TestCase(3, 1)]
    [TestCase(2, 2)]
    public void Guessing_succeeds_in_less_than_one_of_a_hundred_sessions(int window, int guess)
    {
        const int sessions = 20_000;
        var random = new Random(window * 10 + guess);
        // Right after the longest hold an ACK is never too early, and in time as often as at any other time.
        var best = Enumerable.Range(0, 4).Max(quarter => Enumerable.Range(0, sessions).Count(session =>
        {
            Begin(key: (UInt128)(session + 1));
            Shorten();
            while (Proof.IsOn || Peer.Kind == PeerKind.Answered)
            {
                if (Next(window) != WindowPlan.Challenge) return false;
                var ahead = window == 1 ? 1 : guess == 0 ? random.Next(1, ChallengeRound.PlacesMax + 1) : guess;
                var at = Proof.Round.Longest * (quarter + 1) / 4;
                if (at >= Proof.Hold) Proof.Sent(Now + Proof.Hold);
                if (Proof.Judge(ahead, Now + at) == ProofVerdict.Refuted) return false;
                Now += at + RoundTrip;
                // Money is no object.
                (Peer.SentBytes, Peer.CoveredBytes) = (0, 1L << 40);
            }

            return Peer.Kind == PeerKind.Proven;
        }));
        Assert.That(best, Is.LessThan(sessions / 100));
        TestContext.Out.WriteLine($"window {window}, guess {guess}: {100.0 * best / sessions:F2} % of sessions at the best of four times");
    }
}
