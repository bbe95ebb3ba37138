using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FlyTftp.Reactive.Server.Options;

/// <summary>
/// Where to listen, as it was written: a host name is resolved by whoever binds, at start (<c>fly-global-services</c> exists only in
/// the machine that runs it).
/// </summary>
/// <param name="Host">A host name or an IP address without brackets. <see cref="AnyHost"/> is every address, IPv4 and IPv6.</param>
/// <param name="Port">0 to 65535; 0 lets the system choose.</param>
public sealed record ListenAddress(string Host, int Port)
{
    public const string AnyHost = "::";

    /// <summary>For help and errors.</summary>
    public const string Forms = "HOST:PORT, [IPV6]:PORT, HOST, :PORT or PORT, the port 0 to 65535";

    private const int MaxHostLength = 253, MaxPort = 65535;

    /// <summary>All addresses of this machine, whatever the family.</summary>
    public bool IsAny => Host is AnyHost or "0.0.0.0";

    /// <summary>All addresses of both families: <c>[::]</c> takes IPv4 too.</summary>
    public bool IsDualStack => Host == AnyHost;

    /// <param name="defaultPort">For a text that names a host only.</param>
    public static ListenAddress? TryParse(string text, int defaultPort)
    {
        if (TryParsePort(text, out var port)) return new(AnyHost, port);
        if (text.StartsWith('[')) return TryParseBracketed(text, defaultPort);

        var colon = text.IndexOf(':');
        if (colon < 0) return IsHost(text) ? new(text, defaultPort) : null;

        // A second colon is an IPv6 address without brackets; where its port begins would be a guess.
        if (!TryParsePort(text[(colon + 1)..], out port)) return null;
        if (colon == 0) return new(AnyHost, port);
        return IsHost(text[..colon]) ? new(text[..colon], port) : null;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}");

    private static ListenAddress? TryParseBracketed(string text, int defaultPort)
    {
        var end = text.IndexOf(']');
        if (end < 0) return null;
        var host = text[1..end];
        if (!host.Contains(':') || !IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6) return null;

        var rest = text[(end + 1)..];
        if (rest.Length == 0) return new(host, defaultPort);
        return rest[0] == ':' && TryParsePort(rest[1..], out var port) ? new(host, port) : null;
    }

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= MaxPort;

    private static bool IsHost(string text)
    {
        if (text.Length is 0 or > MaxHostLength) return false;
        // What consists of digits and dots is meant as an address, and has to be one: "10.0.0.300" is no host name.
        if (text.All(static character => char.IsAsciiDigit(character) || character == '.'))
            return text.Count(static character => character == '.') == 3 && IPAddress.TryParse(text, out _);
        return text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_');
    }
}
