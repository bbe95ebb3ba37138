using FlyTftp.Reactive.Simulation.Links;

namespace FlyTftp.Reactive.Simulation.Rules;

/// <summary>All that happened, in 64 bits: two runs with the same fingerprint were, as good as surely, the same run.</summary>
internal struct Fingerprint
{
    public ulong Value { get; private set; }

    public void Add(ulong value) => Value = SeededRandom.Mix(Value ^ value);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        // FNV-1a: one multiplication a byte.
        var hash = 0xCBF2_9CE4_8422_2325;
        foreach (var value in bytes) hash = (hash ^ value) * 0x100_0000_01B3;
        Add(hash);
    }
}
