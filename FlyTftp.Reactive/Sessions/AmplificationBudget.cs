namespace FlyTftp.Reactive.Sessions;

/// <summary>
/// How many bytes may go out to addresses that nobody has proven to be their own, beyond what came in times
/// <see cref="FreeFactor"/> (the rule of QUIC, RFC 9000 §8.1). A token bucket for each network (/24 of IPv4, /56 of IPv6) bounds what one
/// victim gets, one for all bounds what this server can be used for. A peer that turns out to be real gets its share given back, so
/// that a room full of machines behind one address boots at once; what a forger spends only trickles back.
/// One pipeline's; touched on its scheduler only. Of several pipelines each has its part of the whole, but the burst of a network is never
/// less than a window: a victim can get that from each.
/// </summary>
/// <param name="pipelines">How many there are: 1 or more.</param>
public sealed class AmplificationBudget(int pipelines = 1)
{
    /// <summary>Bytes out for each byte in that are never charged.</summary>
    public const int FreeFactor = 3;

    /// <summary>Bytes one network can spend at once, and bytes a second that come back to it.</summary>
    public const int NetworkBurst = 1 << 20, NetworkRate = 16 << 10;

    /// <summary>The same for all networks together.</summary>
    public const int TotalBurst = 16 << 20, TotalRate = 256 << 10;

    /// <summary>Networks that are kept account of; when all of them are in debt, a further one has no credit.</summary>
    public const int NetworksMax = 65_536;

    private readonly Dictionary<ulong, Bucket> _networks = [];
    private readonly double _networkRate = (double)NetworkRate / pipelines, _totalRate = (double)TotalRate / pipelines;
    private readonly int _totalBurst = Math.Max(NetworkBurst, TotalBurst / pipelines);
    private Bucket _total = Bucket.Full(TotalBurst);

    /// <summary>Takes <paramref name="bytes"/> from both buckets, or from neither and says no.</summary>
    public bool TryCharge(in Endpoint remote, int bytes, DateTimeOffset now)
    {
        var key = NetworkOf(remote);
        if (!_networks.TryGetValue(key, out var network))
        {
            if (_networks.Count >= NetworksMax && !ForgetFullBuckets(now)) return false;
            network = Bucket.Full(NetworkBurst);
        }

        network = network.At(now, _networkRate, NetworkBurst);
        _total = _total.At(now, _totalRate, _totalBurst);
        if (network.Bytes < bytes || _total.Bytes < bytes) return false;
        _networks[key] = network with { Bytes = network.Bytes - bytes };
        _total = _total with { Bytes = _total.Bytes - bytes };
        return true;
    }

    /// <summary>Puts back what was charged for a peer that has proven itself.</summary>
    public void GiveBack(in Endpoint remote, int bytes)
    {
        var key = NetworkOf(remote);
        if (_networks.TryGetValue(key, out var network))
            _networks[key] = network with { Bytes = Math.Min(NetworkBurst, network.Bytes + bytes) };
        _total = _total with { Bytes = Math.Min(_totalBurst, _total.Bytes + bytes) };
    }

    private static ulong NetworkOf(in Endpoint remote) => remote.IsIPv4 ? remote.Low >> 8 : remote.High >> 8 << 8;

    private bool ForgetFullBuckets(DateTimeOffset now)
    {
        foreach (var (key, network) in _networks)
        {
            if (network.At(now, _networkRate, NetworkBurst).Bytes >= NetworkBurst) _networks.Remove(key);
        }

        return _networks.Count < NetworksMax;
    }

    private readonly record struct Bucket(double Bytes, DateTimeOffset AsOf)
    {
        public static Bucket Full(int burst) => new(burst, DateTimeOffset.MinValue);

        public Bucket At(DateTimeOffset now, double rate, int burst) =>
            new(Math.Min(burst, Bytes + rate * (now - AsOf).TotalSeconds), now);
    }
}
