namespace FlyTftp.Reactive.Simulation.Links;

/// <summary>
/// Chance that is the same on every machine and under every version of the framework: SplitMix64 (Steele, Lea, Flood 2014). Whoever
/// needs chance gets its own by <see cref="Split"/>, so that a draw more in one place changes nothing in another.
/// </summary>
internal sealed class SeededRandom(ulong seed)
{
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    private ulong _state = seed;

    public ulong Next() => Mix(_state += Step);

    /// <summary>0 to <paramref name="bound"/> − 1.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary><paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    public TimeSpan Between(TimeSpan from, TimeSpan to) => from + (to - from) * Unit();

    /// <summary>True with a probability of <paramref name="share"/>, 0 to 1. Takes one draw, whatever the share.</summary>
    public bool Happens(double share) => Unit() < share;

    public T OneOf<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>A source of its own.</summary>
    public SeededRandom Split() => new(Next());

    /// <summary>The finalizer of SplitMix64, by which each bit in changes about half of those out.</summary>
    internal static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }

    // The upper 53 bits, which is what a double holds.
    private double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));
}
