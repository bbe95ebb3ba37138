namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>A token bucket's size.</summary>
/// <param name="Burst">Bytes it holds when full.</param>
/// <param name="PerSecond">Bytes that flow in.</param>
public readonly record struct BucketSize(int Burst, double PerSecond);

/// <summary>
/// A token bucket for each network, which bounds what one victim gets, and one for all of them, which bounds the bill. A network is a /24 of
/// IPv4 or a /56 of IPv6: what one customer is given, and what a flood fills, whichever of its addresses it is sent to.
/// </summary>
public sealed class NetworkBuckets(BucketSize network, BucketSize total)
{
    /// <summary>Networks that are kept account of; when all of them are in debt, a further one has no credit.</summary>
    public const int NetworksMax = 65_536;

    /// <summary>A bucket that was less than half full makes its network short for so long, also when much is given back at once.</summary>
    public static readonly TimeSpan ShortFor = TimeSpan.FromSeconds(10);

    private readonly Dictionary<ulong, Bucket> _networks = new(NetworkComparer.Instance);
    private Bucket _total = new(total.Burst, DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    /// <summary>Bytes that could be charged now.</summary>
    public double Available(in Endpoint remote, DateTimeOffset now) => Math.Min(Find(NetworkOf(remote), now).Bytes, _total.At(now, total).Bytes);

    /// <summary>Bytes that a network can spend at once.</summary>
    public int NetworkBurst => network.Burst;

    /// <summary>There is, or was a moment ago, or would be after <paramref name="bytes"/> more, less than half of the network's bucket or of the total.</summary>
    public bool IsShort(in Endpoint remote, long bytes, DateTimeOffset now) =>
        Find(NetworkOf(remote), now).IsShort(bytes, now, network) || _total.At(now, total).IsShort(bytes, now, total);

    /// <summary>Takes <paramref name="bytes"/> from both buckets, or from neither and says no.</summary>
    public bool TryCharge(in Endpoint remote, long bytes, DateTimeOffset now)
    {
        var key = NetworkOf(remote);
        if (!_networks.ContainsKey(key) && _networks.Count >= NetworksMax && !ForgetFullBuckets(now)) return false;
        var bucket = Find(key, now);
        _total = _total.At(now, total);
        if (bucket.Bytes < bytes || _total.Bytes < bytes)
        {
            // Who asks in vain makes it short too.
            if (bucket.Bytes < bytes) _networks[key] = bucket with { ShortUntil = now + ShortFor };
            return false;
        }

        _networks[key] = bucket.Less(bytes, now, network);
        _total = _total.Less(bytes, now, total);
        return true;
    }

    /// <summary>Puts back what was charged.</summary>
    public void GiveBack(in Endpoint remote, long bytes)
    {
        var key = NetworkOf(remote);
        if (_networks.TryGetValue(key, out var bucket)) _networks[key] = bucket with { Bytes = Math.Min(network.Burst, bucket.Bytes + bytes) };
        _total = _total with { Bytes = Math.Min(total.Burst, _total.Bytes + bytes) };
    }

    /// <summary>The /24 of IPv4 or the /56 of IPv6 that an address is in.</summary>
    public static ulong NetworkOf(in Endpoint remote) => remote.IsIPv4 ? remote.Low >> 8 : remote.High >> 8 << 8;

    private Bucket Find(ulong key, DateTimeOffset now) => _networks.TryGetValue(key, out var bucket)
        ? bucket.At(now, network)
        : new Bucket(network.Burst, now, DateTimeOffset.MinValue);

    private bool ForgetFullBuckets(DateTimeOffset now)
    {
        foreach (var (key, bucket) in _networks)
        {
            if (bucket.At(now, network).Bytes >= network.Burst) _networks.Remove(key);
        }

        return _networks.Count < NetworksMax;
    }

    private readonly record struct Bucket(double Bytes, DateTimeOffset AsOf, DateTimeOffset ShortUntil)
    {
        public Bucket At(DateTimeOffset now, BucketSize size) =>
            this with { Bytes = Math.Min(size.Burst, Bytes + size.PerSecond * (now - AsOf).TotalSeconds), AsOf = now };

        public Bucket Less(long bytes, DateTimeOffset now, BucketSize size)
        {
            var left = this with { Bytes = Bytes - bytes };
            return left.Bytes < Half(size) ? left with { ShortUntil = now + ShortFor } : left;
        }

        public bool IsShort(long bytes, DateTimeOffset now, BucketSize size) => now < ShortUntil || Bytes - bytes < Half(size);

        private static double Half(BucketSize size) => size.Burst / 2.0;
    }
}
