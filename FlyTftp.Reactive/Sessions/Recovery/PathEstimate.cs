namespace FlyTftp.Reactive.Sessions.Recovery;

/// <summary>
/// What a transfer has learned of the path to its client: the shortest round trip, and the rate at which windows get through. The idea is BBR's
/// (draft-ietf-ccwg-bbr): the highest rate of the last few windows, probed upwards gently and downwards at times, lowered when a gap names where
/// a queue has overflowed.
/// </summary>
/// <param name="blockBytes">Bytes of payload in a block.</param>
internal sealed class PathEstimate(int blockBytes)
{
    /// <summary>Paths shorter than that are LANs: nothing is paced there.</summary>
    public static readonly TimeSpan PacedFrom = TimeSpan.FromMilliseconds(2);

    /// <summary>Taken for a round trip that could not be measured, since the OACK had to be repeated.</summary>
    public static readonly TimeSpan UnknownRoundTrip = TimeSpan.FromMilliseconds(100);

    /// <summary>What may leave at once on a path that nothing is known of, as TCP's initial window (RFC 6928 §2): datagrams, and bytes.</summary>
    public const int InitialDatagrams = 10, InitialBytes = 15_000;

    private const double StartGain = 1.25, ProbeGain = 1.08, DrainGain = 0.92;

    /// <summary>A window that came through at less than this share of its pace was held up by the path.</summary>
    private const double HeldUp = 0.9;

    /// <summary>One window in so many goes a little slower than the path, so that a queue of our own making drains.</summary>
    private const int Cycle = 8;

    /// <summary>Fewer blocks than that tell nothing of a rate.</summary>
    private const int RateBlocks = 4;

    private readonly RecentValues _rates = new(4), _delays = new(Cycle + 2);
    private double _rate;
    private int _windows, _held;
    private bool _isStarting = true;

    /// <summary>The shortest round trip so far; <c>null</c> until one was measured.</summary>
    public TimeSpan? ShortestRoundTrip { get; private set; }

    /// <summary>How many blocks may leave at once before anything is known.</summary>
    public int Burst { get; } = Math.Clamp(InitialBytes / blockBytes, 2, InitialDatagrams);

    /// <summary>What a window of so many blocks needs on the path, at the rate known; a round trip when none is.</summary>
    public TimeSpan TimeFor(int blocks) => _rate > 0 ? TimeSpan.FromSeconds(blocks * blockBytes / _rate) : ShortestRoundTrip ?? TimeSpan.Zero;

    /// <summary>How a window of so many blocks is to be sent.</summary>
    public Pacing PacingFor(int blocks)
    {
        if (blocks <= Burst || ShortestRoundTrip < PacedFrom) return default;
        if (_rate == 0) return new Pacing(Burst, (ShortestRoundTrip ?? UnknownRoundTrip) / (blocks - Burst));
        var interval = TimeSpan.FromSeconds(blockBytes / _rate);
        return interval * (blocks - 1) < Pacing.Granularity ? default : new Pacing(1, interval);
    }

    /// <summary>A round trip, from the sending of a block that was sent once to its ACK.</summary>
    public void Measure(TimeSpan roundTrip)
    {
        if (!(roundTrip > ShortestRoundTrip)) ShortestRoundTrip = roundTrip;
    }

    /// <summary>A window came through whole, each block of it sent once and none of them probed for.</summary>
    /// <param name="spread">From the sending of its first block to that of its last.</param>
    /// <param name="elapsed">From the sending of its first block to its ACK.</param>
    public void Deliver(int blocks, TimeSpan spread, TimeSpan elapsed)
    {
        if (blocks < RateBlocks || spread <= TimeSpan.Zero) return;
        // Behind a window that was no faster than the path, what is left of the wait is the round trip and the client's own delay: no queue.
        if (_rate > 0) _delays.Add((elapsed - spread).TotalSeconds);
        var rate = RateOf(blocks, elapsed, atLeast: spread);
        _rates.Add(rate);
        if (_rate == 0)
        {
            _rate = rate;
            return;
        }

        if (rate < HeldUp * _rate) _isStarting = false;
        _windows++;
        _rate = _rates.Max * (_held > 0 && _held-- > 0 ? 1 : _isStarting ? StartGain : _windows % Cycle == 0 ? DrainGain : ProbeGain);
    }

    /// <summary>The client has named a gap.</summary>
    /// <param name="blocks">How many came through before it.</param>
    /// <param name="elapsed">From the sending of the window's first block to the ACK.</param>
    /// <param name="wasProbed">The client said so when it was probed: the wait for that is in <paramref name="elapsed"/>.</param>
    public void Lose(int blocks, TimeSpan elapsed, bool wasProbed)
    {
        // One lost among the first says nothing about the rate: no queue is as short as that.
        if (blocks < RateBlocks || (wasProbed && _rate > 0)) return;
        // The block behind the gap has come too, and there is one interval for each block before it, the lost one included.
        var rate = RateOf(blocks + 2, elapsed, atLeast: Pacing.Granularity);
        // Those before the gap came as fast as they were sent: lost by chance, and not in a queue.
        if (_rate > 0 && rate >= HeldUp * _rate) return;
        _rates.Clear();
        _rates.Add(rate);
        _rate = rate;
        _isStarting = wasProbed;
        _held = Cycle;
    }

    private double RateOf(int blocks, TimeSpan elapsed, TimeSpan atLeast)
    {
        var delay = _delays.IsEmpty ? (ShortestRoundTrip ?? TimeSpan.Zero).TotalSeconds : _delays.Min;
        return (blocks - 1) * blockBytes / Math.Max(elapsed.TotalSeconds - delay, atLeast.TotalSeconds);
    }
}
