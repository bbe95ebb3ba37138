using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Live;

/// <summary>One boot as the history keeps it.</summary>
/// <param name="Id">Names it in addresses of the page: letters and digits.</param>
/// <param name="Sessions">Its transfers, oldest first, at most <see cref="BootHistory.SessionsMax"/>.</param>
/// <param name="Version">Grows with each change, over all boots.</param>
/// <param name="SessionsMemory">An estimate of what the transfers take.</param>
internal sealed record BootRecord(string Id, Boot Boot, ArraySegment<SessionEnded> Sessions, long Version, int SessionsMemory = 0)
{
    /// <summary>An estimate of the bytes it takes in memory; a step or a finding is a line of text.</summary>
    public int Memory { get; } = 512 + 256 * (Boot.Steps.Count + Boot.Findings.Count) + SessionsMemory;

    public BootState State => Boot.State;
}

/// <summary>
/// The boots of late, with what their transfers said and heard, bounded in bytes. Boots with a finding push out good ones, never the other way
/// round; of boots that nobody has acknowledged, which may be forged, only the last <see cref="UnprovenMax"/> are kept. From any thread.
/// </summary>
/// <param name="bytesMax">0: nothing is kept.</param>
internal sealed class BootHistory(long bytesMax)
{
    /// <summary>Transfers kept of one boot, and boots without an acknowledged datagram.</summary>
    public const int SessionsMax = 256, UnprovenMax = 32;

    private readonly Lock _gate = new();
    private readonly LinkedList<BootRecord> _boots = [];
    private readonly Dictionary<(Endpoint Client, long Number), LinkedListNode<BootRecord>> _byNumber = [];
    private readonly Dictionary<string, LinkedListNode<BootRecord>> _byId = [];
    private readonly Dictionary<Endpoint, LinkedListNode<BootRecord>> _running = [];
    private long _version, _number, _bytes;
    private int _unproven;

    public long BytesMax => bytesMax;

    public long Bytes
    {
        get { lock (_gate) return _bytes; }
    }

    public int Count
    {
        get { lock (_gate) return _boots.Count; }
    }

    /// <summary>Takes in a boot as it is told by now.</summary>
    /// <param name="session">The transfer by whose end it has changed, if it was that.</param>
    public void Update(Boot boot, SessionEnded? session)
    {
        if (bytesMax == 0) return;
        lock (_gate)
        {
            var key = (boot.Client, boot.Number);
            _byNumber.TryGetValue(key, out var node);
            var known = node?.Value;
            if (node is not null) Remove(node);
            var sessions = known?.Sessions ?? [];
            var memory = known?.SessionsMemory ?? 0;
            if (session is not null && sessions.Count < SessionsMax)
            {
                sessions = Append(sessions, session);
                memory += 512 + 2 * session.Request.FileName.Length + (session.Trace?.Memory ?? 0);
            }

            Add(new BootRecord(known?.Id ?? $"b{++_number}", boot, sessions, ++_version, memory), key);
            MakeRoom();
        }
    }

    /// <summary>Those that have changed since <paramref name="version"/>, newest first, at most so many; and the version they make up.</summary>
    public (IReadOnlyList<BootRecord> Boots, long Version) Since(long version, int max)
    {
        lock (_gate)
        {
            var changed = new List<BootRecord>();
            // In the order of change: the walk ends at the first that is known.
            for (var node = _boots.Last; node is not null && node.Value.Version > version && changed.Count < max; node = node.Previous) changed.Add(node.Value);
            return (changed, _version);
        }
    }

    public BootRecord? Find(string id)
    {
        lock (_gate) return _byId.TryGetValue(id, out var node) ? node.Value : null;
    }

    /// <summary>The boot that a client is in.</summary>
    /// <param name="client">Port 0.</param>
    public string? IdOf(Endpoint client)
    {
        lock (_gate) return _running.TryGetValue(client, out var node) ? node.Value.Id : null;
    }

    // The array is shared: whoever reads an earlier record sees no further than its own count.
    private static ArraySegment<SessionEnded> Append(ArraySegment<SessionEnded> sessions, SessionEnded session)
    {
        var array = sessions.Array ?? [];
        if (sessions.Count == array.Length) Array.Resize(ref array, Math.Max(4, 2 * array.Length));
        array[sessions.Count] = session;
        return new ArraySegment<SessionEnded>(array, 0, sessions.Count + 1);
    }

    private void MakeRoom()
    {
        while (_unproven > UnprovenMax) Remove(First(static record => !record.Boot.IsProven)!);
        while (_bytes > bytesMax && _boots.Count > 1)
            Remove(First(static record => record is { State: BootState.Ok }) ?? First(static record => record is { State: BootState.Running or BootState.Waiting }) ?? _boots.First!);
    }

    private LinkedListNode<BootRecord>? First(Func<BootRecord, bool> isMeant)
    {
        for (var node = _boots.First; node is not null; node = node.Next)
        {
            if (isMeant(node.Value)) return node;
        }

        return null;
    }

    private void Add(BootRecord record, (Endpoint, long) key)
    {
        var node = _boots.AddLast(record);
        _byNumber[key] = node;
        _byId[record.Id] = node;
        if (!record.Boot.IsOver) _running[record.Boot.Client] = node;
        _bytes += record.Memory;
        if (!record.Boot.IsProven) _unproven++;
    }

    private void Remove(LinkedListNode<BootRecord> node)
    {
        _boots.Remove(node);
        _byNumber.Remove((node.Value.Boot.Client, node.Value.Boot.Number));
        _byId.Remove(node.Value.Id);
        if (_running.TryGetValue(node.Value.Boot.Client, out var running) && running == node) _running.Remove(node.Value.Boot.Client);
        _bytes -= node.Value.Memory;
        if (!node.Value.Boot.IsProven) _unproven--;
    }
}
