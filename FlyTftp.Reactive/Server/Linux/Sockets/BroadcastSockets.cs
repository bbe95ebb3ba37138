using System.Net;
using FlyTftp.Reactive.Server.Ports;

namespace FlyTftp.Reactive.Server.Linux.Sockets;

/// <summary>
/// A socket that is bound to a single address gets no broadcasts (ip(7)). Each of these hears one broadcast or multicast address on the interface of such
/// an address; what comes in belongs to that address's own socket, which answers.
/// </summary>
internal static class BroadcastSockets
{
    // RFC 919 §7; RFC 1112 §4; RFC 4291 §2.7.1.
    private static readonly IPAddress[] AllIPv4 = [IPAddress.Broadcast, new([224, 0, 0, 1])], AllIPv6 = [IPAddress.Parse("ff02::1")];

    /// <summary>Those that <paramref name="own"/> sockets need, each with the number of the one that answers.</summary>
    /// <exception cref="PortException">One of them cannot be bound.</exception>
    public static IReadOnlyList<(UdpSocket Socket, int Listener)> Bind(IReadOnlyList<UdpSocket> own)
    {
        var bound = new List<(UdpSocket, int)>();
        var taken = new HashSet<(string, IPEndPoint)>();
        try
        {
            for (var listener = 0; listener < own.Count; listener++)
            {
                var local = own[listener].Bound;
                if (Interfaces.Of(local) is not { } address) continue;
                // Of two addresses on one interface the first answers.
                foreach (var endpoint in Addresses(address).Select(all => new IPEndPoint(all, local.Port)).Where(endpoint => taken.Add((address.Interface, endpoint))))
                    bound.Add((UdpSocket.BindBroadcast(endpoint, address.Interface, local), listener));
            }

            return bound;
        }
        catch
        {
            bound.ForEach(static one => one.Item1.Dispose());
            throw;
        }
    }

    private static IEnumerable<IPAddress> Addresses(InterfaceAddress own) => !own.Address.IsIPv4 ? AllIPv6
        : own.Broadcast is { } subnet ? AllIPv4.Append(subnet.Address).Distinct() : AllIPv4;
}
