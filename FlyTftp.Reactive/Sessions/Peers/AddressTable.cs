namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>What is remembered of addresses, whichever port they use, for a while: a bounded number of entries, of which the oldest make room.</summary>
/// <param name="addressesMax">Addresses that are remembered; of more the oldest is forgotten.</param>
/// <param name="isAlive">Whether an entry still says something.</param>
internal sealed class AddressTable<T>(int addressesMax, Func<T, DateTimeOffset, bool> isAlive)
    where T : struct
{
    private readonly Dictionary<Endpoint, T> _entries = [];
    private readonly Queue<Endpoint> _oldestFirst = new();

    public int Count => _entries.Count;

    /// <summary>Finds an entry, be it dead: only a new one's coming has those forgotten.</summary>
    public bool TryGet(in Endpoint remote, out T entry) => _entries.TryGetValue(KeyOf(remote), out entry);

    public void Set(in Endpoint remote, in T entry, DateTimeOffset now)
    {
        var key = KeyOf(remote);
        if (!_entries.ContainsKey(key))
        {
            // What was set anew stands at its old place in the queue, and may go before its time.
            while (_oldestFirst.TryPeek(out var oldest) && (_entries.Count >= addressesMax || !isAlive(_entries[oldest], now)))
                _entries.Remove(_oldestFirst.Dequeue());
            _oldestFirst.Enqueue(key);
        }

        _entries[key] = entry;
    }

    /// <summary>Sets what is there already.</summary>
    public void Replace(in Endpoint remote, in T entry) => _entries[KeyOf(remote)] = entry;

    private static Endpoint KeyOf(in Endpoint remote) => remote with { Port = 0 };
}
