using System.Globalization;

namespace FlyTftp.Reactive.Cli;

/// <summary>How far something has come, how fast it goes and how long it will take, from readings of a clock that the caller owns.</summary>
/// <param name="now">The clock at the start.</param>
public sealed class TransferMeter(TimeSpan now)
{
    /// <summary>The rate follows changes within about so long.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);

    private readonly TimeSpan _started = now;
    private TimeSpan _last = now;
    private long _lastDone;

    public long Done { get; private set; }

    public long? Total { get; private set; }

    /// <summary>Bytes a second; 0 before anything is known.</summary>
    public double Rate { get; private set; }

    /// <summary>0 to 100; <c>null</c> where the total is not known. An empty file is done from the start.</summary>
    public int? Percent => Total is not { } total ? null : total == 0 ? 100 : (int)Math.Clamp(100.0 * Done / total, 0, 100);

    /// <summary><c>null</c> where it cannot be told, or is more than a day.</summary>
    public TimeSpan? Left => Total is { } total && Rate > 0 && (total - Done) / Rate is < 86_400 and var seconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : null;

    public void Read(TimeSpan now, long done, long? total)
    {
        var span = now - _last;
        if (span > TimeSpan.Zero)
        {
            // A mean over all at first, a fading memory later: the first second would otherwise weigh for ever.
            var age = now - _started;
            Rate += Math.Min(1, span / (age < Memory ? age : Memory)) * ((done - _lastDone) / span.TotalSeconds - Rate);
            _last = now;
            _lastDone = done;
        }

        Done = done;
        Total = total;
    }

    /// <summary><c>0:07</c>, <c>1:02:03</c>.</summary>
    public static string Clock(TimeSpan time) =>
        time.ToString(time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
