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

    /// <summary>No window is spread over more than that, whatever the path seems to be.</summary>
    public static readonly TimeSpan SpreadMax = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Timers may be so late, here and at the client: a window that is held up by less says nothing of a queue. Halved when a queue overflows, which then is
    /// shorter than that.
    /// </summary>
    public static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(2);

    /// <summary>From window to window: until the path holds one up as TCP's slow start does, later gently upwards, and down at times.</summary>
    private const double StartGain = 2, ProbeGain = 1.08, DrainGain = 0.92;

    /// <summary>
    /// Upwards by so much a second, where that is more, and by so much at most: where many share a link, the slow ones' windows take long, and by the
    /// same step a window they would fall back further and further.
    /// </summary>
    private const double GrowthPerSecond = 0.5, ProbeGainMax = 1.5;

    /// <summary>What is left of the rate when a window's end was lost in a queue: what got through cannot be measured then.</summary>
    private const double OverflowShare = 0.7;

    /// <summary>A window that came through at less than this share of its pace was held up by the path.</summary>
    private const double HeldUp = 0.95;

    /// <summary>The share of the best rate so far below which gap after gap does not lower it.</summary>
    private const double LowestShare = 0.25;

    /// <summary>The same where others share the link, and by how much such a gap lowers the rate.</summary>
    private const double LowestCrowdedShare = 0.02, CrowdedGain = 0.85;

    /// <summary>Of a window in a round trip, where gap after gap comes before any rate is known: no slower than that to begin with.</summary>
    private const double LeastShareOfWindow = 0.125;

    /// <summary>One window in so many goes a little slower than the path, so that a queue of our own making drains.</summary>
    private const int Cycle = 8;

    /// <summary>Fewer blocks than that tell nothing of a rate.</summary>
    private const int RateBlocks = 4;

    private readonly RecentValues _rates = new(4), _delays = new(Cycle + 2);
    private double _rate, _best;
    private TimeSpan _jitter = Jitter;
    private int _windows;
    private bool _isStarting = true;

    // What was in flight past a gap is on its way before the window that follows, and holds that up: it says nothing of the rate.
    private bool _isBehindGap;

    /// <summary>The shortest round trip so far; <c>null</c> until one was measured.</summary>
    public TimeSpan? ShortestRoundTrip { get; private set; }

    /// <summary>How many blocks may leave at once before anything is known.</summary>
    public int Burst { get; } = Math.Clamp(InitialBytes / blockBytes, 2, InitialDatagrams);

    /// <summary>What a window of so many blocks needs on the path, at the rate known; a round trip when none is.</summary>
    public TimeSpan TimeFor(int blocks) => _rate > 0 ? TimeSpan.FromSeconds(Math.Min(blocks * blockBytes / _rate, SpreadMax.TotalSeconds)) : ShortestRoundTrip ?? TimeSpan.Zero;

    /// <summary>How a window of so many blocks is to be sent.</summary>
    public Pacing PacingFor(int blocks)
    {
        if (blocks <= Burst || ShortestRoundTrip < PacedFrom) return default;
        if (_rate == 0) return new Pacing(Burst, (ShortestRoundTrip ?? UnknownRoundTrip) / (blocks - Burst));
        var interval = TimeSpan.FromSeconds(Math.Min(blockBytes / _rate, SpreadMax.TotalSeconds / blocks));
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
        var isBehindGap = _isBehindGap;
        _isBehindGap = false;
        if (blocks < RateBlocks || spread <= TimeSpan.Zero || (isBehindGap && _rate > 0)) return;
        // Behind a window that was no faster than the path, what is left of the wait is the round trip and the client's own delay: no queue.
        if (_rate > 0) _delays.Add((elapsed - spread).TotalSeconds);
        var rate = RateOf(blocks - 1, spread, elapsed, _rate > 0 ? _jitter : TimeSpan.Zero);
        _rates.Add(rate);
        _best = Math.Max(_best, rate);
        if (_rate == 0)
        {
            _rate = rate;
            return;
        }

        if (rate < HeldUp * _rate) _isStarting = false;
        _windows++;
        _rate = _rates.Max * (_isStarting ? StartGain : _windows % Cycle == 0 ? DrainGain : Math.Clamp(1 + GrowthPerSecond * elapsed.TotalSeconds, ProbeGain, ProbeGainMax));
    }

    /// <summary>The client has named a gap, by itself or when it was probed.</summary>
    /// <param name="blocks">How many came through before it.</param>
    /// <param name="missing">Those of the window that did not; 0: the last had to be sent twice.</param>
    /// <param name="offset">From the sending of the window's first block to that of the one behind the gap.</param>
    /// <param name="elapsed">From the sending of the window's first block to the ACK.</param>
    /// <param name="wasProbed">The client said so when it was probed: the wait for that is in <paramref name="elapsed"/>.</param>
    public void Lose(int blocks, int missing, TimeSpan offset, TimeSpan elapsed, bool wasProbed)
    {
        var isBehindGap = _isBehindGap;
        _isBehindGap = true;
        if (_rate > 0 && wasProbed && missing > 1)
        {
            // Nothing came behind the gap: chance alone hardly takes two of the last.
            Overflow(OverflowShare * _rate);
            return;
        }

        if (_rate > 0 && isBehindGap)
        {
            // One gap after the other: a little slower, but for nothing that chance can do much slower. Where a queue is felt besides, others fill it.
            var isQueued = !wasProbed && elapsed - offset > ShortestRoundTrip + Jitter;
            var slower = isQueued ? Math.Max(CrowdedGain * _rate, LowestCrowdedShare * _best) : Math.Max(HeldUp * _rate, LowestShare * _best);
            if (wasProbed) Overflow(slower);
            else _rate = slower;
            return;
        }

        if (_rate == 0 && isBehindGap)
        {
            // Windows as large as asked for do not get through, and no rate is known: what has got through is one to begin with.
            var whole = (blocks + missing) * blockBytes / (ShortestRoundTrip ?? UnknownRoundTrip).TotalSeconds;
            Overflow(Math.Max((blocks + 1) * blockBytes / elapsed.TotalSeconds, LeastShareOfWindow * whole));
            _best = Math.Max(_best, _rate);
            _isStarting = true;
            return;
        }

        // One lost among the first says nothing about the rate: no queue is as short as that.
        if (blocks < RateBlocks || (_rate > 0 && wasProbed)) return;
        var rate = RateOf(blocks + 1, offset, elapsed, TimeSpan.Zero);
        // Those before the gap came as fast as they were sent: lost by chance, and not in a queue.
        if (_rate > 0 && rate >= HeldUp * _rate) return;
        Overflow(rate);
        _isStarting = wasProbed;
    }

    /// <summary>A queue on the path has overflowed: this is what gets through.</summary>
    private void Overflow(double rate)
    {
        _jitter /= 2;
        _rates.Clear();
        _rates.Add(rate);
        _rate = rate;
        _isStarting = false;
    }

    /// <summary>What the path has let through: as much less than what was sent as it took longer.</summary>
    /// <param name="blocks">Sent in that time, the first not counted.</param>
    /// <param name="offset">The time that the sending took.</param>
    /// <param name="jitter">By how much the ACK may be late.</param>
    private double RateOf(int blocks, TimeSpan offset, TimeSpan elapsed, TimeSpan jitter)
    {
        var late = (ShortestRoundTrip ?? TimeSpan.Zero) + jitter;
        var delay = _delays.IsEmpty || _delays.Min < late.TotalSeconds ? late.TotalSeconds : _delays.Min;
        var taken = Math.Max(elapsed.TotalSeconds - delay, Math.Max(offset.TotalSeconds, Pacing.Granularity.TotalSeconds));
        return _rate > 0 && offset > TimeSpan.Zero ? _rate * offset.TotalSeconds / taken : blocks * blockBytes / taken;
    }
}
