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

    private readonly Dictionary<Endpoint, Entry> _entries = [];
    private readonly Queue<Endpoint> _oldestFirst = new();

    public int Count => _entries.Count;

    private bool IsFull => _entries.Count >= AddressesMax || _oldestFirst.Count >= 2 * AddressesMax;

    /// <summary>When a session of the address last began.</summary>
    public DateTimeOffset NewestSession(in Endpoint remote) => _entries.TryGetValue(remote with { Port = 0 }, out var entry) ? entry.Newest : default;

    /// <summary>A session of the address begins.</summary>
    public void Begin(in Endpoint remote, DateTimeOffset now) => Update(remote, 0, now, now);

    public void Add(in Endpoint remote, long bytes, DateTimeOffset now) => Update(remote, bytes, default, now);

    /// <summary>Takes <paramref name="bytes"/> off, or as many as there are.</summary>
    /// <returns>How many that was.</returns>
    public long Take(in Endpoint remote, long bytes)
    {
        var key = remote with { Port = 0 };
        if (!_entries.TryGetValue(key, out var entry)) return 0;
        var taken = Math.Min(bytes, entry.Bytes);
        _entries[key] = entry with { Bytes = entry.Bytes - taken };
        return taken;
    }

    private void Update(in Endpoint remote, long bytes, DateTimeOffset newest, DateTimeOffset now)
    {
        var key = remote with { Port = 0 };
        if (_entries.TryGetValue(key, out var entry) && entry.Until > now)
        {
            _entries[key] = entry with { Bytes = entry.Bytes + bytes, Newest = newest > entry.Newest ? newest : entry.Newest };
            return;
        }

        if (!_entries.Remove(key)) ForgetOld(now);
        _entries[key] = new Entry(now + Lifetime, bytes, newest);
        _oldestFirst.Enqueue(key);
    }

    private void ForgetOld(DateTimeOffset now)
    {
        // What has begun anew stands in the queue twice, and may go before its time.
        while (_oldestFirst.TryPeek(out var key) && (IsFull || !_entries.TryGetValue(key, out var entry) || entry.Until <= now))
            _entries.Remove(_oldestFirst.Dequeue());
    }

    private readonly record struct Entry(DateTimeOffset Until, long Bytes, DateTimeOffset Newest);
}
