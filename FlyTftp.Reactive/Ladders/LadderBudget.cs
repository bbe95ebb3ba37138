namespace FlyTftp.Reactive.Ladders;

/// <summary>What a page may hold, shared by all its sessions: a browser shows no more than this with ease, and a long capture must not fill the memory.</summary>
internal sealed class LadderBudget
{
    /// <summary>Datagrams of one session that are drawn; the first ones.</summary>
    public const int MaxStepsPerView = 30_000;

    /// <summary>Datagrams on the whole page.</summary>
    public const int MaxSteps = 150_000;

    /// <summary>Sessions on the page.</summary>
    public const int MaxSessions = 2_000;

    /// <summary>Round trips kept of one session.</summary>
    public const int MaxRoundTrips = 15_000;

    private int _left = MaxSteps;

    /// <summary>Whether one more datagram may be drawn.</summary>
    public bool TryTake()
    {
        if (_left == 0) return false;
        _left--;
        return true;
    }
}
