using System.Net;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>
/// The connections that are open, in the order in which they were accepted, and which of them gives way when all places are taken. Safe on
/// any thread.
/// </summary>
internal sealed class OpenConnections
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Counts a connection until what is returned is disposed.</summary>
    /// <param name="remote">The client.</param>
    /// <param name="deadline">Cancelled when the connection has to give way; disposed after the entry.</param>
    public IDisposable Add(IPEndPoint remote, CancellationTokenSource deadline)
    {
        var entry = new Entry(this, NetworkOf(Endpoint.From(remote)), deadline);
        lock (_gate) _entries.Add(entry);
        return entry;
    }

    /// <summary>
    /// Cancels the oldest connection of the network that has the most: who holds many gives way to who needs one. Nothing happens if none
    /// is open.
    /// </summary>
    public void CloseOne()
    {
        lock (_gate)
        {
            if (_entries.Count == 0) return;

            var entry = _entries.GroupBy(static entry => entry.Network).MaxBy(static group => group.Count())!.First();
            _entries.Remove(entry);
            // Under the gate it is not disposed yet. What waits on it goes on elsewhere, not here.
            _ = entry.Deadline.CancelAsync();
        }
    }

    // An IPv4 address, or the /64 that a single IPv6 client has to itself.
    private static ulong NetworkOf(in Endpoint remote) => remote.IsIPv4 ? remote.Low : remote.High;

    private sealed class Entry(OpenConnections table, ulong network, CancellationTokenSource deadline) : IDisposable
    {
        public ulong Network => network;

        public CancellationTokenSource Deadline => deadline;

        public void Dispose()
        {
            lock (table._gate) table._entries.Remove(this);
        }
    }
}
