using FlyTftp.Reactive.Replay.Captures;

namespace FlyTftp.Reactive.Replay.Walks;

/// <summary>
/// Makes the times of a capture a clock: it begins with the first packet and never runs backwards. A single odd time is that of its neighbours, and a
/// clock that was set goes on from where it was: what a session says counts, not when.
/// </summary>
internal sealed class CaptureClock
{
    /// <summary>Captures of several interfaces are out of order by less.</summary>
    private static readonly TimeSpan Disorder = TimeSpan.FromSeconds(1);

    /// <summary>A longer step has to be confirmed by the packet after it.</summary>
    private static readonly TimeSpan Doubtful = TimeSpan.FromSeconds(60);

    /// <summary>Nobody lets a capture run for so long without a packet.</summary>
    private static readonly TimeSpan Incredible = TimeSpan.FromDays(365);

    private DateTimeOffset _last;
    private TimeSpan _shift;
    private bool _hasBegun;

    /// <summary>The first packet's time.</summary>
    public DateTimeOffset Start { get; private set; }

    /// <summary>Since <see cref="Start"/>.</summary>
    public TimeSpan At { get; private set; }

    /// <summary>Packets whose time was not taken as it was.</summary>
    public long Odd { get; private set; }

    /// <summary>Only the next packet's time can tell what to think of this one.</summary>
    public bool IsDoubtful(CaptureTime time) => !_hasBegun || time.ToDateTimeOffset() - _last is var step && (step < -Disorder || step > Doubtful);

    /// <param name="next">Of the packet after it, if it was doubtful and there is one.</param>
    public void Advance(in CapturedPacket packet, CaptureTime? next)
    {
        if (packet.IsTimeOdd) Odd++;
        var time = packet.Time.ToDateTimeOffset();
        if (!_hasBegun)
        {
            _hasBegun = true;
            if (next?.ToDateTimeOffset() is { } second && (second - time).Duration() > Incredible) (time, Odd) = (second, Odd + 1);
            Start = _last = time;
            return;
        }

        var step = time - _last;
        if (step < -Disorder || step > Doubtful)
        {
            var isAlone = next?.ToDateTimeOffset() is { } after ? (after - _last).Duration() < (after - time).Duration() : step < TimeSpan.Zero || step > Incredible;
            if (isAlone)
            {
                Odd++;
                return;
            }

            if (step < TimeSpan.Zero || step > Incredible)
            {
                Odd++;
                _shift -= step;
                _last = time;
                return;
            }
        }

        if (time > _last) _last = time;
        if (time - Start + _shift > At) At = time - Start + _shift;
    }
}
