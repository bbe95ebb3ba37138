using System.Runtime.InteropServices;
using FlyTftp.Reactive.Server.Ports;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>What other threads end a loop's wait with (eventfd(2)): readable from <see cref="Signal"/> until <see cref="Clear"/>.</summary>
internal sealed unsafe class WakeEvent : IDisposable
{
    /// <exception cref="PortException">The system gives no descriptor; the message says why.</exception>
    public WakeEvent(int flags = NativeSocket.EventNonBlockingCloseOnExec)
    {
        Descriptor = NativeSocket.EventDescriptor(0, flags);
        if (Descriptor < 0) throw new PortException($"cannot create an event descriptor: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public int Descriptor { get; }

    /// <summary>From any thread.</summary>
    public void Signal()
    {
        ulong one = 1;
        _ = NativeSocket.Write(Descriptor, &one, sizeof(ulong));
    }

    public void Clear()
    {
        ulong count;
        _ = NativeSocket.Read(Descriptor, &count, sizeof(ulong));
    }

    public void Dispose() => _ = Libc.Close(Descriptor);
}
