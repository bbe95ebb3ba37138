using System.Runtime.InteropServices;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// What is waiting to leave through one socket: emissions encoded side by side, so that one sendmmsg(2) sends them all, and a run of blocks of
/// equal length is one message that the kernel cuts into datagrams (UDP_SEGMENT). Where kernel or device refuse to cut, each block is a message.
/// </summary>
internal sealed unsafe class SendBatch : IDisposable
{
    private const int MessagesMax = 64, ArenaLength = 256 * 1024;

    /// <summary>The kernel's own bounds on one cut message: UDP_MAX_SEGMENTS, and an IP packet with its headers.</summary>
    private const int SegmentsMax = 64, SegmentedLengthMax = 65_000;

    /// <summary>How often, a millisecond each, one flush waits for room in the socket or the device before what they refuse is dropped.</summary>
    private const int WaitsMax = 10;

    /// <summary>
    /// How often one message is offered to the kernel. Each of the calls before the last may have failed for an ICMP message about somebody else, and
    /// whoever can send those can send many; a message that is itself at fault costs so many calls.
    /// </summary>
    private const int OffersMax = 6;

    private readonly UdpSocket _socket;
    private readonly byte[] _arena = GC.AllocateUninitializedArray<byte>(ArenaLength, pinned: true);
    private readonly byte* _arenaStart;
    private readonly Slot* _slots = (Slot*)NativeMemory.AllocZeroed(MessagesMax, (nuint)sizeof(Slot));
    private readonly NativeSocket.MessageEntry* _entries =
        (NativeSocket.MessageEntry*)NativeMemory.AllocZeroed(MessagesMax, (nuint)sizeof(NativeSocket.MessageEntry));

    private int _count;
    private int _fragmented;
    private int _used;
    private int _waits;
    private bool _canCut = true;

    private struct Slot
    {
        public NativeSocket.IoVector Vector;
        public fixed byte Name[32];
        public fixed byte Control[AncillaryData.Capacity];
        public int SegmentLength;
        public bool MayFragment;
    }

    public SendBatch(UdpSocket socket)
    {
        _socket = socket;
        _arenaStart = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_arena, 0);
        for (var number = 0; number < MessagesMax; number++)
        {
            var slot = _slots + number;
            _entries[number].Header = new NativeSocket.MessageHeader
            {
                Name = slot->Name,
                Vectors = &slot->Vector,
                VectorCount = 1,
                Control = slot->Control,
            };
        }
    }

    /// <summary>Datagrams that the kernel would not take.</summary>
    public long Dropped { get; private set; }

    /// <summary>The socket has reported an error: its error queue is worth reading.</summary>
    public bool HasErrors { get; set; }

    /// <summary>Encodes all datagrams of an emission; sends meanwhile when there is no room left.</summary>
    public void Add(in Emission emission)
    {
        var flow = emission.Peer!.Flow;
        if (emission.Kind != EmissionKind.Blocks)
        {
            AddMessage(flow, PacketWriter.MaxControlLength, mayFragment: false, out var control);
            Commit(emission.WriteDatagram(0, control));
            return;
        }

        var blockLength = emission.Transfer.BlockSize + PacketReader.DataOffset;
        var mayFragment = emission.Peer.TakesFragments;
        var perMessage = _canCut && !mayFragment ? Math.Clamp(SegmentedLengthMax / blockLength, 1, SegmentsMax) : 1;
        for (var number = 0; number < emission.BlockCount;)
        {
            var blocks = Math.Min(perMessage, emission.BlockCount - number);
            AddMessage(flow, blocks * blockLength, mayFragment, out var destination);
            var length = 0;
            for (var block = 0; block < blocks; block++) length += emission.WriteDatagram(number++, destination[length..]);
            Commit(length, blocks > 1 ? blockLength : 0);
        }
    }

    /// <summary>Sends all that is waiting.</summary>
    /// <exception cref="IOException">The socket is dead.</exception>
    public void Flush()
    {
        for (var sent = 0; sent < _count;)
        {
            var done = Offer(_entries + sent, _fragmented == 0 ? _count - sent : 1, _slots[sent].MayFragment, out var error);
            if (done == 0) done = HandleSendError(sent, error);
            sent += done;
        }

        _count = _used = _waits = _fragmented = 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(_slots);
        NativeMemory.Free(_entries);
    }

    private void AddMessage(in Flow flow, int lengthMax, bool mayFragment, out Span<byte> destination)
    {
        if (_count == MessagesMax || _used + lengthMax > ArenaLength) Flush();
        var slot = _slots + _count;
        ref var header = ref _entries[_count].Header;
        header.NameLength = (uint)SocketAddress.Write(new Span<byte>(slot->Name, SocketAddress.MaxLength), flow.Remote, _socket.Family);
        header.ControlLength = _socket.HasManyAddresses
            ? (nuint)AncillaryData.WriteLocal(new Span<byte>(slot->Control, AncillaryData.Capacity), flow.Local, _socket.Family)
            : 0;
        slot->Vector.Base = _arenaStart + _used;
        slot->SegmentLength = 0;
        slot->MayFragment = mayFragment;
        if (mayFragment) _fragmented++;
        destination = _arena.AsSpan(_used, lengthMax);
    }

    private void Commit(int length, int segmentLength = 0)
    {
        var slot = _slots + _count;
        ref var header = ref _entries[_count].Header;
        slot->Vector.Length = (nuint)length;
        slot->SegmentLength = segmentLength;
        if (segmentLength > 0)
        {
            var used = (int)header.ControlLength;
            used += AncillaryData.WriteSegmentLength(new Span<byte>(slot->Control + used, AncillaryData.Capacity - used), segmentLength);
            header.ControlLength = (nuint)used;
        }

        _count++;
        // The next message begins on a cache line of its own.
        _used = Math.Min(ArenaLength, (_used + length + 63) & ~63);
    }

    /// <summary>Sends as many messages as the kernel takes, waiting for room and passing over what is about earlier datagrams.</summary>
    /// <returns>How many it took; 0 with the error of the first one.</returns>
    private int Offer(NativeSocket.MessageEntry* entries, int count, bool mayFragment, out int error)
    {
        if (!mayFragment) return Offer(entries, count, out error);
        _socket.AllowFragments(true);
        var sent = Offer(entries, count, out error);
        _socket.AllowFragments(false);
        return sent;
    }

    private int Offer(NativeSocket.MessageEntry* entries, int count, out int error)
    {
        for (var offers = 1; ; offers++)
        {
            var sent = count == 1 ? SendOne(&entries->Header) : NativeSocket.SendMessages(_socket.Descriptor, entries, (uint)count, NativeSocket.MsgNoSignal);
            error = sent > 0 ? 0 : Marshal.GetLastPInvokeError();
            if (sent > 0)
            {
                // What stopped it at the next one is not told, and may have been taken from the socket with it.
                HasErrors |= sent < count;
                return sent;
            }

            _socket.ThrowIfDead(error);
            if (error == Errno.Interrupted) continue;
            if (error is (Errno.TryAgain or Errno.NoBuffers) && WaitForRoom(error)) continue;
            if (!UdpSocket.MayBePending(error) || offers >= OffersMax) return 0;
            HasErrors = true;
        }
    }

    /// <summary>One message by the cheapest call that can say it.</summary>
    /// <returns>1, or less than 0.</returns>
    private int SendOne(NativeSocket.MessageHeader* header)
    {
        var length = header->ControlLength == 0 && header->VectorCount == 1
            ? NativeSocket.SendTo(
                _socket.Descriptor, header->Vectors->Base, header->Vectors->Length, NativeSocket.MsgNoSignal, header->Name, header->NameLength)
            : NativeSocket.SendMessage(_socket.Descriptor, header, NativeSocket.MsgNoSignal);
        return length < 0 ? -1 : 1;
    }

    /// <summary>The kernel has refused a message: mends what can be mended.</summary>
    /// <returns>How many messages are done with, by sending or by giving up.</returns>
    private int HandleSendError(int number, int error)
    {
        var slot = _slots + number;
        if (slot->SegmentLength > 0 && error is (Errno.InputOutput or Errno.Invalid or Errno.MessageTooLong))
        {
            // Cutting needs a device that computes checksums, and segments that fit the path's MTU. Only the first is remembered: the path, or
            // an address that is gone, is one client's, and nobody else shall pay for it.
            _canCut &= error != Errno.InputOutput;
            SendOneByOne(number);
        }
        else if (!TryFragments(_entries + number, slot, error))
        {
            Dropped += slot->SegmentLength > 0 ? ((int)slot->Vector.Length + slot->SegmentLength - 1) / slot->SegmentLength : 1;
        }

        return 1;
    }

    private void SendOneByOne(int number)
    {
        var slot = _slots + number;
        var entry = _entries + number;
        var (length, segment) = ((int)slot->Vector.Length, slot->SegmentLength);
        slot->SegmentLength = 0;
        // What stays is the local address; the segment length stands behind it.
        entry->Header.ControlLength -= AncillaryData.SegmentLengthSpace;
        for (var offset = 0; offset < length; offset += segment)
        {
            slot->Vector.Length = (nuint)Math.Min(segment, length - offset);
            if (Offer(entry, 1, slot->MayFragment, out var error) == 0 && !TryFragments(entry, slot, error)) Dropped++;
            slot->Vector.Base += segment;
        }
    }

    /// <summary>It leaves by another interface than its request came in by, and that one takes less.</summary>
    private bool TryFragments(NativeSocket.MessageEntry* entry, Slot* slot, int error) =>
        error == Errno.MessageTooLong && !slot->MayFragment && Offer(entry, 1, mayFragment: true, out _) > 0;

    private bool WaitForRoom(int error)
    {
        if (_waits == WaitsMax) return false;
        _waits++;
        // Of the socket's queue poll tells; of the device's (ENOBUFS) nothing does.
        var entry = new NativeSocket.PollEntry { Descriptor = _socket.Descriptor, Events = NativeSocket.PollOut };
        _ = NativeSocket.Poll(&entry, error == Errno.NoBuffers ? 0u : 1u, 1);
        return true;
    }
}
