using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Sessions;

/// <summary>Everything that bounds a session, with the defaults of the command line.</summary>
public sealed record SessionLimits
{
    private static readonly ServedNames ServesAll = new(new NamePolicy());

    /// <summary>Sessions at a time; requests beyond are passed over in silence and counted.</summary>
    public int SessionsMax { get; init; } = 16_384;

    /// <summary>
    /// Sessions whose reply is not answered yet that keep their query, the latest; of those before them only what a <see cref="Recovery.HalfOpen"/> holds is
    /// kept, and their file is opened once more when they answer.
    /// </summary>
    public int HalfOpenQueries { get; init; } = 64;

    /// <summary>Bytes; the largest blksize granted to a client that comes by this flow. Loopback: RFC 2348's own bound.</summary>
    public Func<Flow, int> BlockSizeMax { get; init; } = static _ => TransferParameters.MaxBlockSize;

    /// <summary>Bytes; a smaller blksize is not granted: 512 is used then (RFC 2347 §2). 8 to 512.</summary>
    public int BlockSizeMin { get; init; } = TransferParameters.MinBlockSize;

    /// <summary>What is known of block sizes, where several pipelines share it; <c>null</c>: each one's own.</summary>
    public PathBlockSizes? BlockSizes { get; init; }

    /// <summary>Blocks in flight (RFC 7440).</summary>
    public int WindowSizeMax { get; init; } = 64;

    /// <summary>Bytes of payload in flight.</summary>
    public int WindowBytes { get; init; } = 128 * 1024;

    /// <summary>
    /// How often one window is sent again at most, 0 to 255. Eight repeats, doubling from 200 ms to 8 s, take just short of
    /// <see cref="Patience"/>.
    /// </summary>
    public int Retries { get; init; } = 8;

    /// <summary>
    /// A session that has acknowledged something is not given up before it was silent for this long (GRUB stalls); when its repeats are
    /// spent it is waited on in silence.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a disk may take to open a file, and for one load. Longer than any client waits: it is told ERROR 0 then.</summary>
    public TimeSpan LoadingMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The same for a client that has said by <c>timeout</c> how long it waits itself: it may let that pass so often (RFC 2349 §2).
    /// </summary>
    public TimeSpan PatienceFor(TimeSpan? clientTimeout)
    {
        var timeouts = 3 * (clientTimeout ?? TimeSpan.Zero);
        return timeouts > Patience ? timeouts : Patience;
    }

    /// <summary>
    /// Read requests to a broadcast or multicast address are answered, from the address of the interface they came in on. RFC 1123 §4.2.3.5 has a
    /// server ignore them; devices that were given no server's address have no other way.
    /// </summary>
    public bool AnswersBroadcasts { get; init; }

    /// <summary>What is served under which name; by default everything under its own.</summary>
    public ServedNames Names { get; init; } = ServesAll;

    /// <summary>Bytes a second that all peers together may get that have not proven to receive them, of each kind of them.</summary>
    public long UnprovenRate { get; init; } = AmplificationBudget.DefaultTotalRate;

    /// <summary>No address is forged: those of a recording have received what was sent to them.</summary>
    public bool TrustsPeers { get; init; }

    /// <summary>What no stranger may know: all chance in the sessions comes from it. The same key, the same run.</summary>
    public UInt128 Key { get; init; }

    /// <summary>How many pipelines there are, each of which may spend this part of what unproven addresses get in all.</summary>
    public int Pipelines { get; init; } = 1;

    /// <summary>These limits for each of several pipelines, which know nothing of each other: together they keep to the whole.</summary>
    public SessionLimits DividedBy(int pipelines) => this with
    {
        Pipelines = pipelines,
        SessionsMax = (SessionsMax + pipelines - 1) / pipelines,
        HalfOpenQueries = (HalfOpenQueries + pipelines - 1) / pipelines,
    };

    public NegotiationLimits NegotiationFor(Flow flow) => new(BlockSizeMax(flow), WindowSizeMax, WindowBytes) { BlockSizeMin = BlockSizeMin };
}
