using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;

namespace FlyTftp.Reactive.Simulation.Rules;

/// <summary>
/// Adds up what went to peers that have not proven themselves, beyond three times what they sent, and holds it against the budget that
/// there can be at most by now. It knows nothing of the pipeline's own account.
/// </summary>
internal sealed class AmplificationWatch(DateTimeOffset start)
{
    private const int NetworkBurst = AmplificationBudget.UnknownBurst + AmplificationBudget.AnsweredBurst;
    private const int NetworkRate = AmplificationBudget.UnknownRate + AmplificationBudget.AnsweredRate;

    private readonly HashSet<Endpoint> _proven = [];
    private readonly Dictionary<SessionWatch, long> _owed = [];
    private readonly Dictionary<ulong, long> _networks = [];
    private long _total;

    /// <returns>What is wrong, or <c>null</c>.</returns>
    public string? Sent(SessionWatch session, in Endpoint remote, DateTimeOffset now)
    {
        var owed = Math.Max(0, session.SentUnproven - AmplificationBudget.FreeFactor * session.RequestBytes);
        var more = owed - _owed.GetValueOrDefault(session);
        if (more <= 0) return null;
        _owed[session] = owed;
        var network = Add(remote, more);
        var seconds = (now - start).TotalSeconds;
        var key = NetworkBuckets.NetworkOf(remote);
        var burst = NetworkBurst + (double)ProvenAddresses.AllowanceMax * _proven.Count(address => NetworkBuckets.NetworkOf(address) == key);
        return network > burst + seconds * NetworkRate ? $"{network} bytes went to unproven peers of its network"
            : _total > 2 * (seconds + AmplificationBudget.TotalBurstSeconds) * AmplificationBudget.DefaultTotalRate + _proven.Count * (double)ProvenAddresses.AllowanceMax ? $"{_total} bytes went to unproven peers in all"
            : null;
    }

    public void Proven(SessionWatch session, in Endpoint remote)
    {
        _proven.Add(remote with { Port = 0 });
        if (_owed.Remove(session, out var owed)) Add(remote, -owed);
    }

    private long Add(in Endpoint remote, long bytes)
    {
        var key = NetworkBuckets.NetworkOf(remote);
        _total += bytes;
        return _networks[key] = _networks.GetValueOrDefault(key) + bytes;
    }
}
