using System.Buffers.Binary;
using System.Numerics;

namespace FlyTftp.Reactive.Replay;

/// <summary>64 bits by which two payloads are told apart without keeping either: the same on every machine, and no defence against malice.</summary>
internal static class PayloadPrint
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    public static ulong Of(ReadOnlySpan<byte> octets)
    {
        var sum = (ulong)octets.Length;
        for (; octets.Length >= sizeof(ulong); octets = octets[sizeof(ulong)..])
            sum = BitOperations.RotateLeft(sum ^ BinaryPrimitives.ReadUInt64LittleEndian(octets), 29) * Multiplier;
        foreach (var octet in octets) sum = BitOperations.RotateLeft(sum ^ octet, 29) * Multiplier;
        return sum ^ sum >> 32;
    }
}
