using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Ports;

/// <summary>
/// The largest blksize whose DATA packets leave an interface unfragmented: its MTU less the headers of IP, UDP and TFTP. Read once, at
/// start: a confined process may not ask any more. An address that appears later is taken for one on Ethernet.
/// </summary>
internal sealed class PathMtu
{
    private const int UdpHeader = 8, IPv4Header = 20, IPv6Header = 40, EthernetMtu = 1500;

    private readonly Dictionary<(ulong High, ulong Low), int> _mtus = [];

    public PathMtu()
    {
        if (OperatingSystem.IsLinux())
        {
            foreach (var own in Interfaces.Read()) _mtus[(own.Address.High, own.Address.Low)] = own.Mtu;
        }
        else
        {
            AddPortably();
        }
    }

    /// <summary>Bytes, 8 to 65464.</summary>
    public int BlockSizeMax(Flow flow)
    {
        if (flow.Local.IsLoopback) return TransferParameters.MaxBlockSize;
        var mtu = _mtus.GetValueOrDefault((flow.Local.High, flow.Local.Low), EthernetMtu);
        var headers = (flow.Local.IsIPv4 ? IPv4Header : IPv6Header) + UdpHeader + PacketReader.DataOffset;
        return Math.Clamp(mtu - headers, TransferParameters.DefaultBlockSize, TransferParameters.MaxBlockSize);
    }

    private void AddPortably()
    {
        try
        {
            foreach (var candidate in NetworkInterface.GetAllNetworkInterfaces()) Add(candidate.GetIPProperties());
        }
        catch (NetworkInformationException)
        {
            // A sandbox may hide the interfaces.
        }
    }

    private void Add(IPInterfaceProperties properties)
    {
        foreach (var unicast in properties.UnicastAddresses)
        {
            var address = Endpoint.From(unicast.Address, port: 0);
            if (MtuOf(properties, unicast.Address) is { } mtu) _mtus[(address.High, address.Low)] = mtu;
        }
    }

    private static int? MtuOf(IPInterfaceProperties properties, IPAddress address)
    {
        try
        {
            return address.AddressFamily == AddressFamily.InterNetwork ? properties.GetIPv4Properties().Mtu : properties.GetIPv6Properties().Mtu;
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }
}
