using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Live;

/// <summary>What happened in ten seconds.</summary>
/// <param name="Bytes">Of files, acknowledged.</param>
/// <param name="Withheld">Bytes that were not sent to clients that had proven nothing.</param>
internal readonly record struct Activity(DateTimeOffset At, long Bytes, int Complete, int Probe, int Refused, int Closed, int Failed, long Withheld);

/// <summary>The last ten minutes in buckets of ten seconds. From any thread.</summary>
internal sealed class ActivityChart(TimeProvider time)
{
    public const int Buckets = 60;

    public static readonly TimeSpan Width = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Activity[] _buckets = new Activity[Buckets];
    private long _bytes;

    public void Record(SessionNote note)
    {
        lock (_gate)
        {
            ref var bucket = ref Current();
            if (note is Withheld withheld) bucket = bucket with { Withheld = bucket.Withheld + withheld.Bytes };
            if (note is not SessionEnded ended) return;
            bucket = ended.Outcome switch
            {
                Outcome.Complete or Outcome.Unconfirmed => bucket with { Complete = bucket.Complete + 1 },
                Outcome.Probe => bucket with { Probe = bucket.Probe + 1 },
                Outcome.Refused => bucket with { Refused = bucket.Refused + 1 },
                Outcome.Closed => bucket with { Closed = bucket.Closed + 1 },
                _ => bucket with { Failed = bucket.Failed + 1 },
            };
        }
    }

    /// <param name="total">Bytes acknowledged since the start.</param>
    public void RecordBytes(long total)
    {
        lock (_gate)
        {
            ref var bucket = ref Current();
            bucket = bucket with { Bytes = bucket.Bytes + Math.Max(0, total - _bytes) };
            _bytes = total;
        }
    }

    /// <summary>All buckets, oldest first; the last is the one that is being filled.</summary>
    public IReadOnlyList<Activity> Look()
    {
        lock (_gate)
        {
            Current();
            var newest = Number(time.GetUtcNow());
            return [.. Enumerable.Range(0, Buckets).Select(place => At(newest - Buckets + 1 + place))];
        }
    }

    private ref Activity Current()
    {
        var number = Number(time.GetUtcNow());
        ref var bucket = ref _buckets[number % Buckets];
        if (Number(bucket.At) != number) bucket = new Activity { At = StartOf(number) };
        return ref bucket;
    }

    private Activity At(long number)
    {
        var bucket = _buckets[number % Buckets];
        return Number(bucket.At) == number ? bucket : new Activity { At = StartOf(number) };
    }

    private static long Number(DateTimeOffset at) => at.UtcTicks / Width.Ticks;

    private static DateTimeOffset StartOf(long number) => new(number * Width.Ticks, TimeSpan.Zero);
}
