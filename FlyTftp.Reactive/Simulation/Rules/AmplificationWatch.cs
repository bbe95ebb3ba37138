using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Simulation.Rules;

/// <summary>
/// Adds up what went to peers that have not proven themselves, beyond three times what they sent, and holds it against the budget that
/// there can be at most by now. It knows nothing of the pipeline's own account.
/// </summary>
internal sealed class AmplificationWatch(DateTimeOffset start)
{
    private readonly Dictionary<SessionWatch, long> _owed = [];
    private readonly Dictionary<ulong, long> _networks = [];
    private long _total;

    /// <returns>What is wrong, or <c>null</c>.</returns>
    public string? Sent(SessionWatch session, in Endpoint remote, DateTimeOffset now)
    {
        var owed = Math.Max(0, session.SentUnvalidated - AmplificationBudget.FreeFactor * session.ReceivedBytes);
        var more = owed - _owed.GetValueOrDefault(session);
        if (more <= 0) return null;
        _owed[session] = owed;
        var network = Add(remote, more);
        var seconds = (now - start).TotalSeconds;
        return network > AmplificationBudget.NetworkBurst + seconds * AmplificationBudget.NetworkRate ? $"{network} bytes went to unvalidated peers of its network"
            : _total > AmplificationBudget.TotalBurst + seconds * AmplificationBudget.TotalRate ? $"{_total} bytes went to unvalidated peers in all"
            : null;
    }

    public void Validated(SessionWatch session, in Endpoint remote)
    {
        if (_owed.Remove(session, out var owed)) Add(remote, -owed);
    }

    private long Add(in Endpoint remote, long bytes)
    {
        // All simulated clients have IPv4 addresses; a network is a /24.
        var key = remote.Low >> 8;
        _total += bytes;
        return _networks[key] = _networks.GetValueOrDefault(key) + bytes;
    }
}
