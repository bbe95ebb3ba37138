using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server;

/// <summary>
/// The largest blksize whose DATA packets leave an interface unfragmented: its MTU less the headers of IP, UDP and TFTP. Looked up once for each
/// local address; an address that appears later is looked up then.
/// </summary>
internal sealed class PathMtu
{
    private const int UdpHeader = 8, IPv4Header = 20, IPv6Header = 40, EthernetMtu = 1500;

    /// <summary>Local addresses that are remembered: more than any host has.</summary>
    private const int AddressesMax = 1024;

    private readonly ConcurrentDictionary<(ulong, ulong), int> _known = new();

    /// <summary>Octets, 8 to 65464.</summary>
    public int BlockSizeMax(Flow flow)
    {
        var local = flow.Local;
        if (local.IsLoopback) return TransferParameters.MaxBlockSize;
        if (_known.TryGetValue((local.High, local.Low), out var known)) return known;
        var headers = (local.IsIPv4 ? IPv4Header : IPv6Header) + UdpHeader + PacketReader.DataOffset;
        var size = Math.Clamp(MtuOf(local.Address) - headers, TransferParameters.DefaultBlockSize, TransferParameters.MaxBlockSize);
        if (_known.Count < AddressesMax) _known[(local.High, local.Low)] = size;
        return size;
    }

    private static int MtuOf(IPAddress address)
    {
        try
        {
            foreach (var candidate in NetworkInterface.GetAllNetworkInterfaces())
            {
                var properties = candidate.GetIPProperties();
                if (!properties.UnicastAddresses.Any(unicast => unicast.Address.Equals(address))) continue;
                return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                    ? properties.GetIPv4Properties().Mtu
                    : properties.GetIPv6Properties().Mtu;
            }
        }
        catch (NetworkInformationException)
        {
            // A sandbox may hide the interfaces: then it is taken for the usual Ethernet.
        }

        return EthernetMtu;
    }
}
