using System.Buffers.Binary;

namespace FlyTftp.Reactive.Replay.Captures;

/// <summary>The ones' complement sum of 16-bit words under IP, UDP and ICMP (RFC 1071).</summary>
internal static class InternetChecksum
{
    /// <summary>Adds bytes to a sum. An odd last one counts as if a zero followed, so only the last call may have one.</summary>
    /// <param name="sum">Not folded yet; has room for 2³² words.</param>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        // Two words at a time: a carry out of the lower one is a carry into the sum like any other (§2 B).
        while (bytes.Length >= 8)
        {
            var words = BinaryPrimitives.ReadUInt64BigEndian(bytes);
            sum += (words >> 32) + (uint)words;
            bytes = bytes[8..];
        }

        for (; bytes.Length >= 2; bytes = bytes[2..]) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return bytes.IsEmpty ? sum : sum + ((ulong)bytes[0] << 8);
    }

    /// <summary>The value for the header's field; a header that holds it sums up to 0.</summary>
    public static ushort Finish(ulong sum)
    {
        while (sum > ushort.MaxValue) sum = (sum >> 16) + (sum & ushort.MaxValue);
        return (ushort)~sum;
    }
}
