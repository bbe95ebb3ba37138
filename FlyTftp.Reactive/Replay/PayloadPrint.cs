using System.Buffers.Binary;
using System.Numerics;

namespace FlyTftp.Reactive.Replay;

/// <summary>64 bits by which two payloads are told apart without keeping either: the same on every machine, and no defence against malice.</summary>
internal static class PayloadPrint
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var sum = (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            sum = BitOperations.RotateLeft(sum ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), 29) * Multiplier;
        foreach (var value in bytes) sum = BitOperations.RotateLeft(sum ^ value, 29) * Multiplier;
        return sum ^ sum >> 32;
    }
}
