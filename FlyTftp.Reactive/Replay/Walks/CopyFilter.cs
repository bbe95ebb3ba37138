using System.Buffers.Binary;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Replay.Walks;

/// <summary>
/// Notices datagrams that were captured twice, at two points of their way or on two interfaces: the same addresses, ports, IP identification, length and
/// beginning a short time before. Bounded: one place for each of so many hashes.
/// </summary>
internal sealed class CopyFilter
{
    private const int Places = 2_048;

    /// <summary>No client asks again sooner than after 60 ms (PXELINUX).</summary>
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Without an identification, bursts of equal ACKs look the same: only the shortest delay counts, and only of another way.</summary>
    private static readonly TimeSpan MaxDelayUnidentified = TimeSpan.FromMilliseconds(10);

    private readonly Place[] _places = new Place[Places];

    /// <summary>Copies seen.</summary>
    public long Count { get; private set; }

    public bool IsCopy(in WalkedFrame frame, TimeSpan at)
    {
        var payload = frame.Payload.Span;
        var key = Hash(frame, payload);
        ref var place = ref _places[key % Places];
        var isSame = place.Key == key && place.IsTaken;
        var delay = at - place.At;
        var isCopy = isSame && (frame.Identification != 0
            ? delay <= MaxDelay
            : delay <= MaxDelayUnidentified && (place.Way != frame.Way || payload is not [0, (byte)Opcode.Acknowledgment, ..]));
        if (isCopy) Count++;
        else place = new Place(key, at, frame.Way, IsTaken: true);
        return isCopy;
    }

    private static ulong Hash(in WalkedFrame frame, ReadOnlySpan<byte> payload)
    {
        Span<byte> begin = stackalloc byte[16];
        payload[..Math.Min(payload.Length, begin.Length)].CopyTo(begin);
        var (source, destination) = (frame.Frame.Source, frame.Frame.Destination);
        var sum = Mix(source.High, source.Low);
        sum = Mix(sum ^ destination.High, destination.Low);
        sum = Mix(sum ^ (uint)(source.Port << 16 | destination.Port), (ulong)frame.Identification << 32 | (uint)frame.Length);
        sum = Mix(sum ^ BinaryPrimitives.ReadUInt64LittleEndian(begin), BinaryPrimitives.ReadUInt64LittleEndian(begin[8..]));
        return sum;
    }

    private static ulong Mix(ulong left, ulong right)
    {
        var sum = (left ^ ulong.RotateLeft(right, 31)) * 0x9E37_79B9_7F4A_7C15;
        return sum ^ sum >> 29;
    }

    private readonly record struct Place(ulong Key, TimeSpan At, uint Way, bool IsTaken);
}
