using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>
/// Which block sizes get through to an address, as far as earlier transfers have shown. A tunnel, a VPN or a filter of fragments may swallow large
/// datagrams without a word (RFC 2923 §2.1): then the OACK arrives and DATA 1 never does. Such a size is suspected, and the next smaller of
/// <see cref="Steps"/> is granted instead to the same address.
/// </summary>
/// <remarks>
/// Anybody may ask in another's name and guess an ACK 0. So a suspicion holds only for the name that was asked for, until a block of the smaller size
/// has got through; what has got through lately is not suspected; and a larger block that gets through ends it. From any thread: the same
/// machine's next request may come to another loop.
/// </remarks>
public sealed class PathBlockSizes
{
    /// <summary>Addresses that are remembered; of more the oldest is forgotten.</summary>
    public const int AddressesMax = 16_384;

    /// <summary>How long anything is remembered: paths change.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A copy of a request that comes late must find the size that its client has agreed to: a smaller block would end the file. So long nothing
    /// changes for the port that has shown the loss.
    /// </summary>
    public static readonly TimeSpan LateCopies = TimeSpan.FromSeconds(4);

    /// <summary>Bytes: Ethernet less the headers of IPv4 and UDP, then with PPPoE, VLANs and tunnels, IPv6's least MTU, and what nobody loses.</summary>
    private static readonly int[] Steps = [1428, 1372, 1268, 1024, TransferParameters.DefaultBlockSize];

    private readonly Lock _gate = new();
    private readonly AddressTable<Entry> _entries = new(AddressesMax, static (entry, now) => entry.IsAlive(now));

    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <summary>The largest block to grant, in bytes; <see cref="TransferParameters.MaxBlockSize"/> where nothing speaks against it.</summary>
    public int LimitFor(in Endpoint remote, string name, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_entries.TryGet(remote, out var entry) || !entry.IsLimited(now)) return TransferParameters.MaxBlockSize;
            var isLate = remote.Port == entry.Port && now < entry.LimitedAt + LateCopies;
            return isLate || (entry.NameHash is { } hash && hash != HashOf(name)) ? TransferParameters.MaxBlockSize : entry.Limit;
        }
    }

    /// <summary>Whether nobody was told yet that this address gets smaller blocks, who is from now on.</summary>
    public bool IsNews(in Endpoint remote)
    {
        lock (_gate)
        {
            if (!_entries.TryGet(remote, out var entry) || entry.IsTold) return false;
            _entries.Replace(remote, entry with { IsTold = true });
            return true;
        }
    }

    /// <summary>DATA 1 of that size was sent to one who has acknowledged the OACK, and had to be sent again.</summary>
    public void Suspect(in Endpoint remote, int blockSize, string name, DateTimeOffset now)
    {
        var smaller = Array.Find(Steps, step => step < blockSize);
        if (smaller > 0) Lower(remote, smaller, HashOf(name), now, isProof: entry => entry.Passed >= blockSize);
    }

    /// <summary>The network has said how large a block may be: an ICMP message that quotes what is in flight.</summary>
    /// <param name="bytes">Never taken for less than 512.</param>
    public void Limit(in Endpoint remote, int bytes, DateTimeOffset now) =>
        Lower(remote, Math.Max(bytes, TransferParameters.DefaultBlockSize), nameHash: null, now, isProof: entry => entry.Passed > bytes);

    /// <summary>A block of that size was acknowledged.</summary>
    public void Passed(in Endpoint remote, int blockSize, DateTimeOffset now)
    {
        lock (_gate)
        {
            _entries.TryGet(remote, out var entry);
            if (entry.IsLimited(now))
            {
                if (blockSize > entry.Limit) entry = entry with { LimitUntil = default };
                else if (blockSize == entry.Limit) entry = entry with { NameHash = null };
            }

            if (blockSize >= entry.Passed || entry.PassedUntil <= now) entry = entry with { Passed = blockSize, PassedUntil = now + Lifetime };
            _entries.Set(remote, entry, now);
        }
    }

    private void Lower(in Endpoint remote, int limit, int? nameHash, DateTimeOffset now, Func<Entry, bool> isProof)
    {
        lock (_gate)
        {
            _entries.TryGet(remote, out var entry);
            if (!(entry.PassedUntil > now && isProof(entry)) && !(entry.IsLimited(now) && entry.Limit <= limit))
            {
                entry = entry with { Limit = limit, NameHash = nameHash, Port = remote.Port, LimitedAt = now, LimitUntil = now + Lifetime, IsTold = false };
            }

            _entries.Set(remote, entry, now);
        }
    }

    // Seeded anew in every process, and as good as the name for this.
    private static int HashOf(string name) => name.GetHashCode(StringComparison.Ordinal);

    /// <param name="Limit">The largest block that is granted, until <paramref name="LimitUntil"/>.</param>
    /// <param name="NameHash">Granted to requests for that name only; <c>null</c>: to all.</param>
    /// <param name="Port">Who has shown the loss, <paramref name="LimitedAt"/>.</param>
    /// <param name="IsTold">It is in the log.</param>
    /// <param name="Passed">The largest block that was acknowledged, good until <paramref name="PassedUntil"/>.</param>
    private readonly record struct Entry(
        int Limit, int? NameHash, ushort Port, DateTimeOffset LimitedAt, DateTimeOffset LimitUntil, int Passed, DateTimeOffset PassedUntil, bool IsTold)
    {
        public bool IsLimited(DateTimeOffset now) => LimitUntil > now;

        public bool IsAlive(DateTimeOffset now) => LimitUntil > now || PassedUntil > now;
    }
}
