using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>
/// Who may hold one of the places for sessions, and who has to go when they run short. While half of them are free, anybody may come and wait.
/// From then on who has not answered waits for <see cref="UnknownWaitUnderPressure"/> at most, of those there are half as many as places, the latest, and no
/// network gets more than its share. When all are taken, the oldest that has not answered goes, then the slowest below <see cref="LeastRate"/>. A few are kept for loopback, so that a
/// health check can tell a full server from a dead one.
/// </summary>
internal sealed class SessionPlaces(int max)
{
    /// <summary>Kept for loopback beyond all others.</summary>
    public const int LoopbackPlaces = 16;

    /// <summary>Bytes a second, acknowledged, below which a session may lose its place to another.</summary>
    public const int LeastRate = 1024;

    /// <summary>Sessions that are looked at for the slowest, in turn, whenever a place is needed.</summary>
    public const int LookedAt = 64;

    /// <summary>A network may hold so many however small the table is.</summary>
    private const int LeastShare = 64;

    public static readonly TimeSpan UnknownWaitUnderPressure = TimeSpan.FromSeconds(3);

    /// <summary>A session is given so long before its rate counts.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly List<PlaceHolder> _all = [];
    private readonly LinkedList<PlaceHolder> _unknown = new();
    private readonly Dictionary<ulong, Network> _networks = new(NetworkComparer.Instance);
    private int _hand;

    private int Share => Math.Max(LeastShare, max / 4);

    public int Count => _all.Count;

    /// <summary>Who has waited longest without an answer.</summary>
    public PlaceHolder? OldestUnknown => _unknown.First?.Value;

    /// <summary>Sessions whose peers have not answered, the oldest first.</summary>
    public IEnumerable<PlaceHolder> Unknown => _unknown;

    /// <summary>Sessions whose peers have not answered.</summary>
    public int UnknownCount => _unknown.Count;

    /// <summary>Makes room for one more.</summary>
    /// <param name="evict">Ends a session, which gives its place up by <see cref="Leave"/>.</param>
    /// <returns>False: there is none to be had.</returns>
    public bool TryMakeRoom(in Endpoint remote, DateTimeOffset now, Action<PlaceHolder> evict)
    {
        if (remote.IsLoopback) return Count < max + LoopbackPlaces;
        if (IsUnderPressure)
        {
            while (OldestUnknown is { } oldest && (now - oldest.Opened >= UnknownWaitUnderPressure || UnknownCount >= UnknownMax)) evict(oldest);
            if (IsUnderPressure && _networks.TryGetValue(NetworkBuckets.NetworkOf(remote), out var network) && network.Count >= Share)
            {
                if (network.Unknown.First?.Value is not { } own) return false;
                evict(own);
            }
        }

        if (Count < max) return true;
        if ((OldestUnknown ?? Slowest(now)) is not { } loser) return false;
        evict(loser);
        return Count < max;
    }

    public void Enter(PlaceHolder holder)
    {
        holder.Index = _all.Count;
        _all.Add(holder);
        ref var network = ref CollectionsMarshal.GetValueRefOrAddDefault(_networks, NetworkBuckets.NetworkOf(holder.Peer.Flow.Remote), out _);
        network ??= new Network();
        network.Count++;
        holder.InQueue = _unknown.AddLast(holder);
        holder.InNetworkQueue = network.Unknown.AddLast(holder);
    }

    /// <summary>Its peer has answered.</summary>
    public void Answered(PlaceHolder holder)
    {
        if (holder.InQueue is null) return;
        _unknown.Remove(holder.InQueue);
        holder.InNetworkQueue!.List!.Remove(holder.InNetworkQueue);
        holder.InQueue = holder.InNetworkQueue = null;
    }

    public void Leave(PlaceHolder holder)
    {
        if (holder.Index < 0) return;
        Answered(holder);
        var last = _all[^1];
        (_all[holder.Index], last.Index) = (last, holder.Index);
        _all.RemoveAt(_all.Count - 1);
        holder.Index = -1;
        var key = NetworkBuckets.NetworkOf(holder.Peer.Flow.Remote);
        if (--_networks[key].Count == 0) _networks.Remove(key);
    }

    /// <summary>So many places are for those who have not answered: of forged requests there may be any number.</summary>
    private int UnknownMax => Math.Max(1, max / 2);

    private bool IsUnderPressure => Count >= max / 2;

    /// <summary>Of the next few in turn the slowest, if it is below the least rate.</summary>
    private PlaceHolder? Slowest(DateTimeOffset now)
    {
        PlaceHolder? slowest = null;
        var least = (double)LeastRate;
        for (var looked = Math.Min(LookedAt, Count); looked > 0; looked--)
        {
            _hand = (_hand + 1) % Count;
            var holder = _all[_hand];
            var age = now - holder.Opened;
            if (age < Grace || holder.Peer.Flow.Remote.IsLoopback) continue;
            var rate = holder.Peer.AcknowledgedBytes / age.TotalSeconds;
            if (rate < least) (slowest, least) = (holder, rate);
        }

        return slowest;
    }

    private sealed class Network
    {
        public int Count { get; set; }

        public LinkedList<PlaceHolder> Unknown { get; } = new();
    }
}
