using System.Numerics;

namespace FlyTftp.Reactive.Sessions.Peers;

/// <summary>
/// Chance that nobody can foretell who does not know the key, however much of it he has seen: SipHash-2-4 (Aumasson, Bernstein 2012) of a
/// counter. The same key gives the same numbers, so that a simulation can be repeated; a server that strangers reach takes its key from the
/// system's random numbers.
/// </summary>
public sealed class SecretChance(UInt128 key)
{
    private readonly ulong _low = (ulong)key, _high = (ulong)(key >> 64);
    private ulong _counter;

    public ulong Next() => Hash(_counter++);

    /// <summary>0 to <paramref name="bound"/> − 1.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Zero to <paramref name="longest"/>.</summary>
    // The upper 53 bits, which is what a double holds.
    public TimeSpan UpTo(TimeSpan longest) => longest * ((Next() >> 11) * (1.0 / (1UL << 53)));

    /// <summary>SipHash-2-4 of eight bytes.</summary>
    internal ulong Hash(ulong message)
    {
        var (v0, v1, v2, v3) = (_low ^ 0x736F_6D65_7073_6575, _high ^ 0x646F_7261_6E64_6F6D, _low ^ 0x6C79_6765_6E65_7261, _high ^ 0x7465_6462_7974_6573);
        Compress(message);
        // The last block holds the length.
        Compress(8UL << 56);
        v2 ^= 0xFF;
        for (var round = 0; round < 4; round++) Round();
        return v0 ^ v1 ^ v2 ^ v3;

        void Compress(ulong block)
        {
            v3 ^= block;
            Round();
            Round();
            v0 ^= block;
        }

        void Round()
        {
            v0 += v1;
            v2 += v3;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
