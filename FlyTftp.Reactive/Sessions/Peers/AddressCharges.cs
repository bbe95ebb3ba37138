namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>
/// What the networks of addresses were charged for them in the last minute or so, by whichever of their ports: who proves that he receives has harmed nobody by
/// what went to his address before, be it to sessions that he has given up meanwhile.
/// </summary>
public sealed class AddressCharges
{
    /// <summary>Addresses that are remembered; of more the oldest is forgotten, and stays charged.</summary>
    public const int AddressesMax = 16_384;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly AddressTable<Entry> _entries = new(AddressesMax, static (entry, now) => entry.Until > now);

    public int Count => _entries.Count;

    /// <summary>When a session of the address last began.</summary>
    public DateTimeOffset NewestSession(in Endpoint remote) => _entries.TryGet(remote, out var entry) ? entry.Newest : default;

    /// <summary>A session of the address begins.</summary>
    public void Begin(in Endpoint remote, DateTimeOffset now) => _entries.Set(remote, Find(remote, now) with { Newest = now }, now);

    public void Add(in Endpoint remote, long bytes, DateTimeOffset now)
    {
        var entry = Find(remote, now);
        _entries.Set(remote, entry with { Bytes = entry.Bytes + bytes }, now);
    }

    /// <summary>Takes <paramref name="bytes"/> off, or as many as there are.</summary>
    /// <returns>How many that was.</returns>
    public long Take(in Endpoint remote, long bytes)
    {
        if (!_entries.TryGet(remote, out var entry)) return 0;
        var taken = Math.Min(bytes, entry.Bytes);
        _entries.Replace(remote, entry with { Bytes = entry.Bytes - taken });
        return taken;
    }

    private Entry Find(in Endpoint remote, DateTimeOffset now) =>
        _entries.TryGet(remote, out var entry) && entry.Until > now ? entry : new Entry(now + Lifetime, 0, default);

    private readonly record struct Entry(DateTimeOffset Until, long Bytes, DateTimeOffset Newest);
}
