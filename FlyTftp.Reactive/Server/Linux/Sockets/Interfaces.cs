using System.Runtime.InteropServices;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// The addresses of this machine, with each one's interface, by getifaddrs(3) and netdevice(7). The framework has the same in
/// System.Net.NetworkInformation, which brings an assembly of its own into the native executable.
/// </summary>
internal static unsafe partial class Interfaces
{
    private const uint GetMtu = 0x8921; // SIOCGIFMTU
    private const uint HasBroadcast = 2; // IFF_BROADCAST

    /// <summary>As the system lists them: port 0. Empty where it does not tell.</summary>
    public static IReadOnlyList<InterfaceAddress> Read()
    {
        var found = new List<InterfaceAddress>();
        Interface* first = null;
        var socket = NativeSocket.Socket(NativeSocket.AfInet, NativeSocket.DatagramNonBlockingCloseOnExec, 0);
        if (socket < 0) socket = NativeSocket.Socket(NativeSocket.AfInet6, NativeSocket.DatagramNonBlockingCloseOnExec, 0);
        if (socket < 0) return found;
        try
        {
            if (GetInterfaces(&first) < 0) return found;
            for (var entry = first; entry is not null; entry = entry->Next)
            {
                if (AddressOf(entry->Address) is not { } address || MtuOf(socket, entry->Name) is not { } mtu) continue;
                var broadcast = address.IsIPv4 && (entry->Flags & HasBroadcast) != 0 ? AddressOf(entry->Broadcast) : null;
                found.Add(new InterfaceAddress(NameOf(entry->Name), address, broadcast, mtu));
            }

            return found;
        }
        finally
        {
            if (first is not null) FreeInterfaces(first);
            _ = Libc.Close(socket);
        }
    }

    /// <summary>The interface that has the address; <c>null</c>: none has, as with a wildcard.</summary>
    public static InterfaceAddress? Of(in Endpoint address)
    {
        if (address.IsWildcard) return null;
        foreach (var own in Read())
        {
            if ((own.Address.High, own.Address.Low) == (address.High, address.Low)) return own;
        }

        return null;
    }

    // An interface without an address has an entry all the same; one of the link layer is of another family.
    private static Endpoint? AddressOf(byte* address) => address is null ? null : *(ushort*)address switch
    {
        NativeSocket.AfInet => SocketAddress.Read(new ReadOnlySpan<byte>(address, SocketAddress.IPv4Length)),
        NativeSocket.AfInet6 => SocketAddress.Read(new ReadOnlySpan<byte>(address, SocketAddress.MaxLength)),
        _ => null,
    };

    // An address beside the first may have a label, eth0:1, of which the kernel knows the part before the colon as a device.
    private static string NameOf(byte* name) => Marshal.PtrToStringUTF8((nint)name)!.Split(':')[0];

    private static int? MtuOf(int socket, byte* name)
    {
        Request request = default;
        // An alias, eth0:1, has its interface's MTU, and the kernel finds it by that name.
        for (var index = 0; index < Request.MaxName - 1 && name[index] != 0; index++) request.Name[index] = name[index];
        return Control(socket, GetMtu, &request) < 0 ? null : request.Value;
    }

    [LibraryImport("libc", EntryPoint = "getifaddrs", SetLastError = true)]
    private static partial int GetInterfaces(Interface** first);

    [LibraryImport("libc", EntryPoint = "freeifaddrs")]
    private static partial void FreeInterfaces(Interface* first);

    // Variadic in C; with a pointer only, the conventions of x64 and arm64 are those of a plain function.
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint operation, Request* request);

    /// <summary>struct ifaddrs, as far as it is used</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Interface
    {
        public Interface* Next;
        public byte* Name;
        public uint Flags;
        public byte* Address;
        public byte* Netmask;
        public byte* Broadcast;
    }

    /// <summary>struct ifreq</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct Request
    {
        public const int MaxName = 16;
        public fixed byte Name[MaxName];
        public int Value;
    }
}
