using System.Runtime.InteropServices;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>Buffers for one recvmmsg(2): up to <see cref="Capacity"/> datagrams of any of the loop's sockets.</summary>
internal sealed unsafe class ReceiveBatch : IDisposable
{
    public const int Capacity = 64;

    /// <summary>Bytes. A request has at most 1024 and an ACK four: what is longer was not meant for this server, and is known by its cut-off end.</summary>
    private const int SlotLength = 2048;

    private readonly byte[] _payloads = GC.AllocateUninitializedArray<byte>(Capacity * SlotLength, pinned: true);
    private readonly Slot* _slots = (Slot*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Slot));
    private readonly NativeSocket.MessageEntry* _entries =
        (NativeSocket.MessageEntry*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(NativeSocket.MessageEntry));
    private readonly Datagram[] _arrivals = new Datagram[Capacity];

    private struct Slot
    {
        public NativeSocket.IoVector Vector;
        public fixed byte Name[32];
        public fixed byte Control[AncillaryData.Capacity];
    }

    public ReceiveBatch()
    {
        for (var number = 0; number < Capacity; number++)
        {
            var slot = _slots + number;
            slot->Vector.Base = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_payloads, number * SlotLength);
            slot->Vector.Length = SlotLength;
            _entries[number].Header = new NativeSocket.MessageHeader
            {
                Name = slot->Name,
                Vectors = &slot->Vector,
                VectorCount = 1,
                Control = slot->Control,
            };
            Refresh(ref _entries[number].Header);
        }
    }

    public int Count { get; private set; }

    public ref readonly Datagram this[int number] => ref _arrivals[number];

    public void Clear() => Count = 0;

    /// <summary>Adds what a socket has waiting, up to <paramref name="most"/> datagrams, without waiting for it.</summary>
    /// <returns>False when the socket reports an error instead: then its error queue has something to tell.</returns>
    /// <exception cref="IOException">The socket is dead.</exception>
    public bool Receive(UdpSocket socket, int listener, int most)
    {
        var room = Math.Min(most, Capacity - Count);
        if (room == 0) return true;
        if (room == 1) return ReceiveOne(socket, listener);
        var received = NativeSocket.ReceiveMessages(socket.Descriptor, _entries + Count, (uint)room, NativeSocket.MsgDontWait, null);
        if (received < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            socket.ThrowIfDead(error);
            return error is Errno.TryAgain or Errno.Interrupted;
        }

        for (var number = 0; number < received; number++) Take(Count++, socket, listener);
        return true;
    }

    /// <summary>The same for one datagram: a call that carries no more than it needs takes half the time, and most of a poll's are in vain.</summary>
    private bool ReceiveOne(UdpSocket socket, int listener)
    {
        var entry = _entries + Count;
        ref var header = ref entry->Header;
        var length = socket.HasManyAddresses
            ? NativeSocket.ReceiveMessage(socket.Descriptor, &entry->Header, NativeSocket.MsgDontWait)
            : NativeSocket.ReceiveFrom(socket.Descriptor, header.Vectors->Base, SlotLength, NativeSocket.MsgDontWait, header.Name, &entry->Header.NameLength);
        if (length < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            socket.ThrowIfDead(error);
            return error is Errno.TryAgain or Errno.Interrupted;
        }

        entry->Length = (uint)length;
        if (!socket.HasManyAddresses) header.ControlLength = 0;
        Take(Count++, socket, listener);
        return true;
    }

    /// <summary>Adds what the socket's error queue holds: peers whose port is closed or to whom packets were too large, with what the ICMP message quotes of what they were sent.</summary>
    /// <returns>False while there may be more: for one turn it is enough, as anybody can send ICMP messages by the thousand.</returns>
    public bool ReceiveErrors(UdpSocket socket, int listener)
    {
        for (var number = 0; number < Capacity && Count < Capacity; number++)
        {
            var entry = _entries + Count;
            var length = NativeSocket.ReceiveMessage(socket.Descriptor, &entry->Header, NativeSocket.MsgErrorQueue | NativeSocket.MsgDontWait);
            if (length < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                socket.ThrowIfDead(error);
                return error == Errno.TryAgain;
            }

            if (AncillaryData.TryReadError(Control(entry), socket.Bound, out var local, out var mtu) && entry->Header.NameLength >= SocketAddress.IPv4Length)
            {
                var quoted = _payloads.AsMemory(Count * SlotLength, (int)Math.Min(length, SlotLength));
                _arrivals[Count++] = new Datagram(new Flow(Remote(entry), local, listener), quoted, IsUnreachable: mtu == 0, PathMtu: mtu);
            }

            Refresh(ref entry->Header);
        }

        return false;
    }

    public void Dispose()
    {
        NativeMemory.Free(_slots);
        NativeMemory.Free(_entries);
    }

    private void Take(int number, UdpSocket socket, int listener)
    {
        var entry = _entries + number;
        // A datagram that was cut off fills its slot, which is more than any request may have: the parser names it.
        var payload = _payloads.AsMemory(number * SlotLength, (int)Math.Min(entry->Length, SlotLength));
        var local = AncillaryData.ReadLocal(Control(entry), socket.HearsFor ?? socket.Bound, out var isBroadcast);
        isBroadcast |= socket.HearsFor is not null;
        var flow = new Flow(Remote(entry), local, listener);
        _arrivals[number] = new Datagram(flow, payload, IsBroadcast: isBroadcast);
        Refresh(ref entry->Header);
    }

    private static Endpoint Remote(NativeSocket.MessageEntry* entry) => SocketAddress.Read(new ReadOnlySpan<byte>(entry->Header.Name, SocketAddress.MaxLength));

    private static ReadOnlySpan<byte> Control(NativeSocket.MessageEntry* entry) => new(entry->Header.Control, (int)entry->Header.ControlLength);

    /// <summary>The kernel has written how much it used of each; the next call needs to know how much there is.</summary>
    private static void Refresh(ref NativeSocket.MessageHeader header)
    {
        header.NameLength = SocketAddress.MaxLength;
        header.ControlLength = AncillaryData.Capacity;
    }
}
