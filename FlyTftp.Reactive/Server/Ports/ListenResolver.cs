using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Server.Ports;

/// <summary>Turns what a user wrote after <c>--listen</c> into addresses to bind to, when the server starts.</summary>
internal static class ListenResolver
{
    /// <summary>Where Fly.io delivers UDP: a name in the machine's /etc/hosts (fly.io/docs/networking/udp-and-tcp).</summary>
    public const string FlyName = "fly-global-services";

    /// <summary>
    /// Each address once, and none that another includes: <c>[::]:69</c> answers on 0.0.0.0:69 and 192.0.2.1:69 too (from the address that was asked),
    /// and the kernel would refuse to bind both.
    /// </summary>
    /// <exception cref="PortException">A name has no address; the message says what to do.</exception>
    public static IReadOnlyList<IPEndPoint> Resolve(IEnumerable<ListenAddress> listen)
    {
        var all = listen.SelectMany(address => Resolve(address).Select(ip => new IPEndPoint(ip, address.Port))).Distinct().ToList();
        return [.. all.Where(endpoint => !all.Any(other => Includes(other, endpoint)))];
    }

    private static bool Includes(IPEndPoint wildcard, IPEndPoint endpoint) =>
        // Port 0 is another one each time.
        wildcard.Port == endpoint.Port && wildcard.Port != 0 && !wildcard.Equals(endpoint)
        && (wildcard.Address.Equals(IPAddress.IPv6Any) || (wildcard.Address.Equals(IPAddress.Any) && endpoint.AddressFamily == AddressFamily.InterNetwork));

    private static IPAddress[] Resolve(ListenAddress address)
    {
        if (IPAddress.TryParse(address.Host, out var literal)) return [literal];
        try
        {
            var found = Dns.GetHostAddresses(address.Host);
            if (found.Length > 0) return found;
        }
        catch (SocketException)
        {
            // Told below, in the words that help.
        }

        throw new PortException(address.Host == FlyName
            ? $"no address for {FlyName}: it is in /etc/hosts of a Fly.io machine only; elsewhere listen on an address (--listen :{address.Port})"
            : $"no address for {address.Host}: check the name, or listen on an address (--listen :{address.Port})");
    }
}
