namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// An instant in a capture: nanoseconds since 1970-01-01 UTC, from the year 1677 to 2262. A scheduler knows ticks of 100 ns only; two
/// packets within one tick keep the order in which they stand in the file.
/// </summary>
internal readonly record struct CaptureTime(long Nanoseconds)
{
    public const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The tick at or before.</summary>
    public DateTimeOffset ToDateTimeOffset()
    {
        var (ticks, rest) = Math.DivRem(Nanoseconds, TimeSpan.NanosecondsPerTick);
        return DateTimeOffset.UnixEpoch.AddTicks(rest < 0 ? ticks - 1 : ticks);
    }

    /// <summary>An instant that does not fit becomes the nearest one that does.</summary>
    public static CaptureTime From(DateTimeOffset instant)
    {
        const long most = long.MaxValue / TimeSpan.NanosecondsPerTick;
        var ticks = (instant - DateTimeOffset.UnixEpoch).Ticks;
        return new CaptureTime(Math.Clamp(ticks, -most, most) * TimeSpan.NanosecondsPerTick);
    }
}
