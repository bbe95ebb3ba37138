using System.Runtime.InteropServices;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Frames;

/// <summary>Some bytes of a datagram, and where they stand in the capture.</summary>
/// <param name="Start">Bytes of the datagram before them.</param>
/// <param name="Offset">Bytes of the capture before them.</param>
/// <param name="Captured">How many there are in the capture.</param>
/// <param name="Length">How many there were on the wire.</param>
internal readonly record struct FragmentPiece(int Start, long Offset, int Captured, int Length);

/// <summary>
/// Puts the fragments of IPv4 and IPv6 together (RFC 791 §3.2, RFC 8200 §4.5). Bounded: what is not whole within <see cref="MaxAge"/>, or when too much
/// is under way, is given up.
/// </summary>
internal sealed class Reassembler
{
    /// <summary>Datagrams under way; one more gives up the oldest. At 64 kB each.</summary>
    public const int MaxDatagrams = 128;

    /// <summary>Fragments a datagram; the smallest MTU that anybody uses makes 64 kB of 120.</summary>
    public const int MaxPieces = 256;

    /// <summary>As Linux waits (ipfrag_time).</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Key, Datagram> _underWay = [];
    private readonly Queue<Datagram> _oldest = [];

    /// <summary>Fragments of datagrams that were never whole.</summary>
    public long GivenUp { get; private set; }

    /// <summary>The bytes of the last that was put together; valid until the next.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>The pieces of the last that was put together, in order.</summary>
    public IReadOnlyList<FragmentPiece> Pieces { get; private set; } = [];

    /// <returns>True when its datagram is whole: <paramref name="frame"/> is what is in it, its offsets those of <see cref="Bytes"/>.</returns>
    public bool TryAdd(in CapturedPacket packet, TimeSpan at, ref UdpFrame frame)
    {
        while (_oldest.TryPeek(out var old) && (old.IsOver || at - old.At > MaxAge)) GiveUp();
        var part = frame.Fragment!;
        var key = new Key(part.Ip.Source, part.Ip.Destination, part.Ip.Protocol, part.Ip.Identification);
        if (!_underWay.TryGetValue(key, out var datagram))
        {
            while (_underWay.Count >= MaxDatagrams) GiveUp();
            _underWay[key] = datagram = new Datagram(key, at);
            _oldest.Enqueue(datagram);
        }

        datagram.Add(part, packet);
        if (!datagram.IsWhole(out var captured)) return false;
        datagram.IsOver = true;
        _underWay.Remove(key);
        Bytes = datagram.Bytes.AsMemory(0, captured);
        Pieces = datagram.Pieces;
        var ip = part.Ip with { IsFragment = false, FragmentOffset = 0, HasMore = false, PayloadLength = datagram.Length };
        frame = new FrameParser(Bytes.Span, captured < datagram.Length).Payload(ip, 0, 0, part.Layer);
        return true;
    }

    /// <summary>The capture is at its end.</summary>
    public void GiveUpAll()
    {
        while (_oldest.Count > 0) GiveUp();
    }

    private void GiveUp()
    {
        var datagram = _oldest.Dequeue();
        if (datagram.IsOver) return;
        datagram.IsOver = true;
        _underWay.Remove(datagram.Key);
        GivenUp += datagram.Pieces.Count;
    }

    private sealed record Key(Endpoint Source, Endpoint Destination, byte Protocol, uint Identification);

    private sealed class Datagram(Key key, TimeSpan at)
    {
        private byte[] _bytes = [];

        public Key Key => key;

        public TimeSpan At => at;

        public bool IsOver { get; set; }

        /// <summary>Of the whole; −1 while the last fragment is not there.</summary>
        public int Length { get; private set; } = -1;

        public byte[] Bytes => _bytes;

        public List<FragmentPiece> Pieces { get; } = [];

        public void Add(in FragmentPart part, in CapturedPacket packet)
        {
            var (start, length) = (part.Ip.FragmentOffset, part.Ip.PayloadLength);
            if (Pieces.Count == MaxPieces || start + length > ushort.MaxValue) return;
            var index = CollectionsMarshal.AsSpan(Pieces).BinarySearch(new FragmentPiece(start, 0, 0, 0), ByStart.Instance);
            // The same once more, as a copy of the packet is, changes nothing.
            if (index >= 0) return;
            Pieces.Insert(~index, new FragmentPiece(start, packet.Offset + part.Begin, part.Captured, length));
            if (!part.Ip.HasMore) Length = start + length;
            if (_bytes.Length < start + length) Array.Resize(ref _bytes, Math.Min(ushort.MaxValue, Math.Max(start + length, _bytes.Length * 2)));
            packet.Bytes.Span.Slice(part.Begin, part.Captured).CopyTo(_bytes.AsSpan(start));
        }

        /// <param name="captured">Bytes from the beginning on that the capture has.</param>
        public bool IsWhole(out int captured)
        {
            captured = 0;
            if (Length < 0) return false;
            var (covered, isCut) = (0, false);
            foreach (var piece in Pieces)
            {
                if (piece.Start > covered) return false;
                covered = Math.Max(covered, piece.Start + piece.Length);
                if (!isCut) captured = Math.Max(captured, piece.Start + piece.Captured);
                isCut |= piece.Captured < piece.Length;
            }

            captured = Math.Min(captured, Length);
            return covered >= Length;
        }
    }

    private sealed class ByStart : IComparer<FragmentPiece>
    {
        public static readonly ByStart Instance = new();

        public int Compare(FragmentPiece left, FragmentPiece right) => left.Start.CompareTo(right.Start);
    }
}
