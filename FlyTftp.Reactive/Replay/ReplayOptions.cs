using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>What a replay is asked for.</summary>
internal sealed record ReplayOptions
{
    public SessionLimits Limits { get; init; } = new();

    /// <summary>
    /// Bytes: the largest blksize that this server would grant to a client that comes by a flow, as opposed to what <see cref="Limits"/> lets pass of what
    /// was granted then. Which interface it would be is not in the capture: an assumption.
    /// </summary>
    public Func<Flow, int>? AssumedBlockSizeMax { get; init; }

    /// <summary>Where files come from first; it has to answer at once. <c>null</c>: only what the recorded server sent.</summary>
    public IContentStore? Root { get; init; }

    /// <summary>A file that is there and has nearly that name; <c>null</c>: none, or nobody knows.</summary>
    public Func<string, string?> NearestName { get; init; } = static _ => null;

    /// <summary>Where the recorded server listened.</summary>
    public int Port { get; init; } = 69;

    /// <summary>Whose sessions are replayed.</summary>
    public Func<Endpoint, bool> Only { get; init; } = static _ => true;

    public TextWriter? Transcript { get; init; }

    /// <summary>Draw every session.</summary>
    public bool HasLadders { get; init; }

    /// <summary>Told each boot once, all of them before the first session, with the time of the capture's first packet.</summary>
    public Action<Boot, DateTimeOffset> OnBoot { get; init; } = static (_, _) => { };

    /// <summary>Told each session once, in the order of their requests.</summary>
    public Action<SessionResult> OnSession { get; init; } = static _ => { };

    /// <summary>Told, now and then, bytes read and bytes to read in all.</summary>
    public Action<long, long> OnProgress { get; init; } = static (_, _) => { };

    /// <summary>What this server would grant.</summary>
    internal OptionSet Grant(Flow flow, OptionSet asked, long? size) => Negotiation.Grant(asked, WouldLimits(flow), size).Granted;

    /// <summary>It would have granted larger blocks, if the interface were another than assumed.</summary>
    internal bool IsAssumed(Flow flow, OptionSet asked, OptionSet would) =>
        AssumedBlockSizeMax is not null && would.TryGet(OptionSet.BlockSize, out var now)
        && Negotiation.Grant(asked, Limits.NegotiationFor(flow), null).Granted.TryGet(OptionSet.BlockSize, out var most) && most.Value != now.Value;

    private NegotiationLimits WouldLimits(Flow flow)
    {
        var limits = Limits.NegotiationFor(flow);
        return AssumedBlockSizeMax is { } assumed ? limits with { BlockSizeMax = Math.Min(limits.BlockSizeMax, assumed(flow)) } : limits;
    }
}
