using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// How many bytes may go out to addresses that nobody has proven to be their own, beyond the requests that came in times
/// <see cref="FreeFactor"/> (the rule of QUIC, RFC 9000 §8.1). Peers that have only asked and peers that have answered draw on different
/// buckets, so that forged requests never touch what those live on who have answered. An ACK gives nothing back, since it can be guessed;
/// <see cref="Prove"/> does. What a forger spends only trickles back.
/// One pipeline's; touched on its scheduler only. Of several pipelines each has its part of the whole.
/// </summary>
/// <param name="pipelines">How many there are: 1 or more.</param>
/// <param name="totalRate">Bytes a second that all networks together may get, of each kind of peer.</param>
/// <param name="key">Where its chance comes from: what no stranger may know.</param>
public sealed class AmplificationBudget(int pipelines = 1, long totalRate = AmplificationBudget.DefaultTotalRate, UInt128 key = default)
{
    /// <summary>Bytes out for each byte of a request that are never charged.</summary>
    public const int FreeFactor = 3;

    /// <summary>Bytes one network can spend at once on peers that have only asked, and bytes a second that come back to it.</summary>
    public const int UnknownBurst = 64 << 10, UnknownRate = 8 << 10;

    /// <summary>The same for peers that have answered. Both together: 256 KiB and 16 KiB/s.</summary>
    public const int AnsweredBurst = 192 << 10, AnsweredRate = 8 << 10;

    /// <summary>Bytes a second for all networks together, unless set.</summary>
    public const int DefaultTotalRate = 4 << 20;

    /// <summary>What all networks together may spend at once: so many seconds of that.</summary>
    public const int TotalBurstSeconds = 4;

    /// <summary>However many pipelines there are: less than this would not pay for one round of a proof.</summary>
    private const int LeastBurst = 32 << 10;

    public NetworkBuckets Unknown { get; } = Buckets(UnknownBurst, UnknownRate, totalRate, pipelines);

    public NetworkBuckets Answered { get; } = Buckets(AnsweredBurst, AnsweredRate, totalRate, pipelines);

    public ProvenAddresses Proven { get; } = new();

    /// <summary>Of peers that have answered.</summary>
    public AddressCharges Charges { get; } = new();

    public SecretChance Chance { get; } = new(key);

    /// <summary>
    /// Sees to it that <paramref name="bytes"/> more may be sent to the peer: what is not free is charged, all of it or nothing. True when it
    /// is covered, be it by an earlier call whose bytes were never sent.
    /// </summary>
    public bool TryCover(Peer peer, long bytes, DateTimeOffset now)
    {
        if (TryCoverByProof(peer, bytes, now)) return true;
        var owed = Owed(peer, bytes);
        if (!(peer.HasAcknowledged ? Answered : Unknown).TryCharge(peer.Flow.Remote, owed, now)) return false;
        peer.CoveredBytes += owed;
        if (peer.HasAcknowledged)
        {
            peer.ChargedAnswered += owed;
            Charges.Add(peer.Flow.Remote, owed, now);
        }
        else peer.ChargedUnknown += owed;
        return true;
    }

    /// <summary>The same as far as it is free, or the address has proven itself before: nobody else is charged.</summary>
    public bool TryCoverByProof(Peer peer, long bytes, DateTimeOffset now)
    {
        var owed = Owed(peer, bytes);
        if (peer.IsFree || owed <= 0) return true;
        if (!Proven.TryCharge(peer.Flow.Remote, owed, now)) return false;
        peer.CoveredBytes += owed;
        GiveBack(peer);
        return true;
    }

    /// <summary>The peer has shown that it receives: what it was charged is given back, and its address starts free for a while.</summary>
    /// <param name="worth">Bytes that this is worth for the address's next transfers.</param>
    public void Prove(Peer peer, long worth, DateTimeOffset now)
    {
        peer.Kind = PeerKind.Proven;
        GiveBack(peer);
        Proven.Add(peer.Flow.Remote, worth, now);
    }

    /// <summary>Of what was covered for the peer, nothing more is to be sent: what is left of it goes back.</summary>
    public void Release(Peer peer)
    {
        var unspent = Math.Clamp(-Owed(peer, 0), 0, peer.ChargedAnswered);
        Answered.GiveBack(peer.Flow.Remote, Charges.Take(peer.Flow.Remote, unspent));
        (peer.CoveredBytes, peer.ChargedAnswered) = (peer.CoveredBytes - unspent, peer.ChargedAnswered - unspent);
    }

    private void GiveBack(Peer peer)
    {
        Answered.GiveBack(peer.Flow.Remote, Charges.Take(peer.Flow.Remote, long.MaxValue));
        Unknown.GiveBack(peer.Flow.Remote, peer.ChargedUnknown);
        (peer.ChargedAnswered, peer.ChargedUnknown) = (0, 0);
    }

    private static long Owed(Peer peer, long bytes) => peer.SentBytes + bytes - peer.CoveredBytes - FreeFactor * peer.RequestBytes;

    private static NetworkBuckets Buckets(int burst, int rate, long totalRate, int pipelines)
    {
        var network = new BucketSize(Math.Max(LeastBurst, burst / pipelines), (double)rate / pipelines);
        var total = (double)totalRate / pipelines;
        return new NetworkBuckets(network, new BucketSize((int)Math.Min(int.MaxValue, Math.Max(network.Burst, TotalBurstSeconds * total)), total));
    }
}
