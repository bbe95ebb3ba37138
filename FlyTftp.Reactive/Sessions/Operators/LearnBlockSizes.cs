using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Sessions.Operators;

public static partial class PipelineOperators
{
    /// <summary>
    /// Learns from what is sent which block sizes get through to a client: DATA 1 again, after ACK 0, makes its size suspect; a later block shows that
    /// it has arrived. What the network has said of a size (ICMP) holds when blocks of it have to be sent again, and is a lie when they need not.
    /// Passes everything as it is.
    /// <code>
    /// emissions  --OACK--DATA 1--DATA 1 again--|        --OACK--DATA 1--DATA 2--
    /// learned                    suspect                                passed
    /// </code>
    /// Stands before <see cref="Pace"/>, since a part of a window tells nothing, and behind what withholds.
    /// </summary>
    public static IObservable<Emission> LearnBlockSizes(this IObservable<Emission> emissions, PathBlockSizes sizes, IScheduler scheduler) =>
        emissions.Do(emission =>
        {
            if (emission is not { Kind: EmissionKind.Blocks, Peer: { IsTrusted: false } peer }) return;
            if (peer is { PathMtu: > 0, TakesFragments: false }) LearnMtu(emission, peer, sizes, scheduler.Now);
            if (!peer.HasPassedBlock) LearnSize(emission, peer, sizes, scheduler.Now);
        });

    private static void LearnMtu(in Emission emission, Peer peer, PathBlockSizes sizes, DateTimeOffset now)
    {
        if (emission.IsRepeat) sizes.Limit(peer.Flow.Remote, peer.BlockSizeOf(peer.PathMtu), now);
        peer.ConfirmPathMtu(emission.IsRepeat);
    }

    private static void LearnSize(in Emission emission, Peer peer, PathBlockSizes sizes, DateTimeOffset now)
    {
        var blockSize = emission.Transfer.BlockSize;
        if (peer.IsValidated && emission.FirstBlock > 1)
        {
            peer.HasPassedBlock = true;
            if (!peer.TakesFragments && blockSize > TransferParameters.DefaultBlockSize) sizes.Passed(peer.Flow.Remote, blockSize, now);
        }
        else if (emission is { FirstBlock: 1, IsRepeat: true } && peer is { HasAcknowledged: true, PathMtu: 0 })
        {
            // Of a file of one block that is what has to get through.
            sizes.Suspect(peer.Flow.Remote, emission.BlockCount > 1 ? blockSize : emission.LastLength, peer.Request.FileName, now);
        }
    }
}
