using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Server.Ports;

/// <summary>Turns what a user wrote after <c>--listen</c> into addresses to bind to, when the server starts.</summary>
internal static class ListenResolver
{
    /// <summary>Where Fly.io delivers UDP: a name in the machine's /etc/hosts (fly.io/docs/networking/udp-and-tcp).</summary>
    public const string FlyName = "fly-global-services";

    /// <exception cref="PortException">A name has no address; the message says what to do.</exception>
    public static IReadOnlyList<IPEndPoint> Resolve(IEnumerable<ListenAddress> listen) =>
        [.. listen.SelectMany(address => Resolve(address).Select(ip => new IPEndPoint(ip, address.Port))).Distinct()];

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
