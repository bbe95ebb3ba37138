namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>
/// What one unit of a pcapng interface's 64-bit timestamps is (if_tsresol: 10⁻ⁿ or 2⁻ⁿ s, n up to 127) and from when it counts
/// (if_tsoffset).
/// </summary>
internal readonly record struct Timescale
{
    private const byte BinaryFlag = 0x80, ExponentMask = 0x7F;

    private readonly ulong _multiplier, _divisor;
    private readonly int _shift;
    private readonly Int128 _offset;

    private Timescale(ulong multiplier, ulong divisor, int shift, long offsetSeconds) =>
        (_multiplier, _divisor, _shift, _offset) = (multiplier, divisor, shift, (Int128)offsetSeconds * CaptureTime.NanosecondsPerSecond);

    /// <summary>Of an interface that does not say: µs since 1970.</summary>
    public const byte DefaultResolution = 6;

    public static Timescale Of(byte resolution, long offsetSeconds)
    {
        var exponent = resolution & ExponentMask;
        if ((resolution & BinaryFlag) != 0) return new Timescale(CaptureTime.NanosecondsPerSecond, 1, exponent, offsetSeconds);
        return exponent switch
        {
            <= 9 => new Timescale(PowerOfTen(9 - exponent), 1, 0, offsetSeconds),
            <= 9 + 19 => new Timescale(1, PowerOfTen(exponent - 9), 0, offsetSeconds),
            // Units so small that 2⁶⁴ of them are not one nanosecond.
            _ => new Timescale(0, 1, 0, offsetSeconds),
        };
    }

    /// <summary>Rounds down to the nanosecond. False for an instant that <see cref="CaptureTime"/> cannot hold.</summary>
    public bool TryConvert(ulong units, out CaptureTime time)
    {
        var scaled = (UInt128)units * _multiplier >> _shift;
        if (_divisor > 1) scaled /= _divisor;
        var nanoseconds = (Int128)scaled + _offset;
        time = new CaptureTime((long)nanoseconds);
        return nanoseconds >= long.MinValue && nanoseconds <= long.MaxValue;
    }

    private static ulong PowerOfTen(int exponent)
    {
        var power = 1UL;
        for (; exponent > 0; exponent--) power *= 10;
        return power;
    }
}
