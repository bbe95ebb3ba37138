namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>
/// ACKs of a number that was acknowledged already and that mean nothing: the client's answers to blocks that were still on their way when it
/// named a gap, or that it got twice. EDK2 and U-Boot send one for each such block. Taken for a gap, each would send a window once more.
/// </summary>
internal sealed class Echoes
{
    private int _left;
    private DateTimeOffset _until;

    /// <param name="count">How many there may be: one for each datagram that is under way and does not move the client forward.</param>
    /// <param name="until">When the last of them should be here.</param>
    public void Expect(int count, DateTimeOffset until) => (_left, _until) = (count, until);

    /// <summary>Whether an ACK that says nothing new is one of them. If so, the next may take as long again.</summary>
    /// <param name="roundTrip">What the next may take.</param>
    public bool Take(DateTimeOffset now, TimeSpan roundTrip)
    {
        if (_left <= 0 || now > _until) return false;
        _left--;
        if (now + roundTrip > _until) _until = now + roundTrip;
        return true;
    }
}
