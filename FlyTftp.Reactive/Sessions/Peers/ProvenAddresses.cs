namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>
/// Addresses that have shown that they receive what is sent to them. For <see cref="Lifetime"/> their next transfers start without any
/// charge to their network, up to what the proof is worth: anybody may ask in the name of a machine that has just booted, so this is bounded too.
/// </summary>
public sealed class ProvenAddresses
{
    /// <summary>Addresses that are remembered; of more the oldest is forgotten, and has to show it again when its network is short.</summary>
    public const int AddressesMax = 16_384;

    /// <summary>Bytes that one proof is good for at most.</summary>
    public const int AllowanceMax = 4 << 20;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly AddressTable<Entry> _entries = new(AddressesMax, static (entry, now) => entry.Until > now);

    public int Count => _entries.Count;

    /// <summary>Begins the address's minute and its allowance anew.</summary>
    /// <param name="allowance">Bytes.</param>
    public void Add(in Endpoint remote, long allowance, DateTimeOffset now) =>
        _entries.Set(remote, new Entry(now + Lifetime, Math.Min(allowance, AllowanceMax)), now);

    /// <summary>The address has proven itself within <see cref="Lifetime"/>, whatever is left of its allowance.</summary>
    public bool Knows(in Endpoint remote, DateTimeOffset now) => _entries.TryGet(remote, out var entry) && entry.Until > now;

    /// <summary>Takes <paramref name="bytes"/> from the address's allowance, or says no.</summary>
    public bool TryCharge(in Endpoint remote, long bytes, DateTimeOffset now)
    {
        if (!_entries.TryGet(remote, out var entry) || entry.Until <= now || entry.Left < bytes) return false;
        _entries.Replace(remote, entry with { Left = entry.Left - bytes });
        return true;
    }

    private readonly record struct Entry(DateTimeOffset Until, long Left);
}
