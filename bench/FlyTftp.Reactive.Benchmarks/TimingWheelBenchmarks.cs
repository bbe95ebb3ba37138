using BenchmarkDotNet.Attributes;
using FlyTftp.Reactive.Server.Loop;

namespace FlyTftp.Reactive.Benchmarks;

/// <summary>One timer of the wheel, among as many as there are sessions at a time.</summary>
public class TimingWheelBenchmarks
{
    private const int TimeoutMilliseconds = 200;

    private TimingWheel _wheel = null!;
    private Timer[] _timers = null!;
    private int _next;
    private long _now;

    [Params(1, 10_000)]
    public int Sessions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (_wheel, _now) = (new TimingWheel(), 0);
        _timers = new Timer[Sessions];
        for (var session = 0; session < Sessions; session++)
        {
            _timers[session] = new Timer();
            _wheel.Add(_timers[session], TimeoutMilliseconds - session % TimeoutMilliseconds);
        }
    }

    /// <summary>An ACK in time: its timer goes, the next block's comes.</summary>
    [Benchmark]
    public void CancelAndAdd()
    {
        var timer = _timers[_next];
        timer.Dispose();
        _wheel.Add(timer, _now + TimeoutMilliseconds);
        if (++_next == Sessions) _next = 0;
    }

    /// <summary>What a turn of the loop asks.</summary>
    [Benchmark]
    public long? NextAfter() => _wheel.NextAfter(_now);

    /// <summary>A millisecond passes; each timer that is due then is armed again.</summary>
    [Benchmark]
    public void Advance()
    {
        Timer.Rearm = (_wheel, _now + 1 + TimeoutMilliseconds);
        _wheel.Advance(++_now);
    }

    private sealed class Timer : WheelTimer
    {
        public static (TimingWheel Wheel, long Due) Rearm { get; set; }

        internal override void Fire() => Rearm.Wheel.Add(this, Rearm.Due);
    }
}
