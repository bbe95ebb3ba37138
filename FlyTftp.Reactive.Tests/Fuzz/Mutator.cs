using System.Buffers.Binary;

namespace FlyTftp.Reactive.Tests.Fuzz;

/// <summary>Spoils captures. The same number gives the same bytes on every machine.</summary>
internal static class Mutator
{
    private const int MaxMutations = 6;

    private static readonly uint[] Numbers =
    [
        0, 1, 3, 4, 7, 8, 11, 12, 19, 20, 27, 28, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 262_143, 262_144, 262_145, 327_744, 327_748,
        524_288, 0x7FFF_FFFC, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFC, 0xFFFF_FFFF, 0x0A0D_0D0A, 0x1A2B_3C4D, 0xA1B2_C3D4, 0xA1B2_3C4D,
    ];

    /// <returns>The bytes, and where in them one of the seed's headers begins or began.</returns>
    public static (byte[] Bytes, int At) Make(int number)
    {
        var random = new Random(number);
        var seeds = FuzzSeed.All;
        var seed = seeds[random.Next(seeds.Count)];
        var bytes = new List<byte>(seed.Bytes);
        var at = seed.Headers[random.Next(seed.Headers.Length)];
        for (var left = random.Next(MaxMutations + 1); left > 0 && bytes.Count > 0; left--) Mutate(bytes, seed, seeds, random);
        return ([.. bytes], Math.Min(at, bytes.Count));
    }

    private static void Mutate(List<byte> bytes, FuzzSeed seed, IReadOnlyList<FuzzSeed> seeds, Random random)
    {
        var anywhere = random.Next(bytes.Count);
        var header = Math.Min(seed.Headers[random.Next(seed.Headers.Length)] + random.Next(40), bytes.Count - 1);
        switch (random.Next(9))
        {
            case 0:
                bytes[anywhere] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[header] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes[header] = (byte)random.Next(256);
                break;
            case 3 or 4:
                Put(bytes, header & ~random.Next(4), Numbers[random.Next(Numbers.Length)], random.Next(4));
                break;
            case 5:
                bytes.RemoveRange(anywhere, bytes.Count - anywhere);
                break;
            case 6:
                bytes.RemoveRange(header, Math.Min(bytes.Count - header, 1 + random.Next(32)));
                break;
            case 7:
                bytes.InsertRange(header, bytes.GetRange(anywhere, Math.Min(bytes.Count - anywhere, 1 + random.Next(64))));
                break;
            default:
                // The front of one and the back of another, each cut where something begins.
                var other = seeds[random.Next(seeds.Count)];
                var cut = Math.Min(seed.Headers[random.Next(seed.Headers.Length)], bytes.Count);
                bytes.RemoveRange(cut, bytes.Count - cut);
                bytes.AddRange(other.Bytes[other.Headers[random.Next(other.Headers.Length)]..]);
                break;
        }
    }

    private static void Put(List<byte> bytes, int at, uint value, int form)
    {
        Span<byte> number = stackalloc byte[4];
        if (form % 2 == 0) BinaryPrimitives.WriteUInt32LittleEndian(number, value);
        else BinaryPrimitives.WriteUInt32BigEndian(number, value);
        // Half of all fields have 16 bits.
        if (form >= 2) number = form % 2 == 0 ? number[..2] : number[2..];
        for (var index = 0; index < number.Length && at + index < bytes.Count; index++) bytes[at + index] = number[index];
    }
}
