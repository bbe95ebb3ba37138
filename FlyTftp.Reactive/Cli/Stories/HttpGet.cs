using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FlyTftp.Reactive.Cli.Stories;

/// <param name="Status">0: there was no answer.</param>
/// <param name="Failure">What went wrong, in one clause; <c>null</c>: the status is 200.</param>
internal sealed record HttpAnswer(int Status, byte[] Body, string? Failure)
{
    public static HttpAnswer None(string failure) => new(0, [], failure);
}

/// <summary>
/// One GET by HTTP/1.1 (RFC 9112) on a plain socket, for this program's own server: no redirects, no chunks, no compression. The framework's client
/// would add more to the program than all that asks by it.
/// </summary>
internal static class HttpGet
{
    /// <summary>Bytes of an answer.</summary>
    public const int LengthMax = 32 << 20;

    /// <summary>For one answer, from the name's look-up to its last byte.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MaxReason = 200;

    public static async Task<HttpAnswer> AskAsync(string host, int port, string path, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, deadline.Token).ConfigureAwait(false);
            using var socket = await ConnectAsync(addresses, port, deadline.Token).ConfigureAwait(false);
            // By its address: a name that the server was not told of is refused by it.
            var there = (IPEndPoint)socket.RemoteEndPoint!;
            var name = there.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(there.Address.MapToIPv4(), port) : new IPEndPoint(WithoutScope(there.Address), port);
            var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
            for (var sent = 0; sent < request.Length;) sent += await socket.SendAsync(request.AsMemory(sent), deadline.Token).ConfigureAwait(false);
            return await ReceiveAsync(socket, deadline.Token).ConfigureAwait(false) is { } answer ? Parse(answer) : HttpAnswer.None($"the answer is longer than {LengthMax} bytes");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return HttpAnswer.None($"no answer in {Patience.TotalSeconds:0} s");
        }
        catch (OperationCanceledException)
        {
            return HttpAnswer.None("interrupted");
        }
        catch (SocketException failure)
        {
            return HttpAnswer.None(failure.SocketErrorCode == SocketError.ConnectionRefused ? "nobody listens there: is it the server's --http address?" : failure.Message);
        }
    }

    /// <summary>Takes an answer apart, all of which has come.</summary>
    internal static HttpAnswer Parse(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0 || !answer.StartsWith("HTTP/1."u8) || answer.Length < 12 || !int.TryParse(answer.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            return HttpAnswer.None("what answers there is no web server");
        var body = answer[(end + 4)..];
        foreach (var line in Encoding.Latin1.GetString(answer[..end]).Split("\r\n").Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? line : line[..colon];
            if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)) return HttpAnswer.None("what answers there is not flytftp");
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && (!long.TryParse(line[(colon + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length != body.Length))
                return HttpAnswer.None("the answer was cut short");
        }

        return new HttpAnswer(status, body.ToArray(), status == 200 ? null : $"answered {status}{Reason(body)}");
    }

    private static string Reason(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxReason)]).Split('\n')[0].Trim();
        return text.Length == 0 ? "" : $": {text}";
    }

    private static async Task<Socket> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellation)
    {
        for (var number = 0; ; number++)
        {
            if (number >= addresses.Length) throw new SocketException((int)SocketError.HostNotFound);
            var socket = new Socket(addresses[number].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[number], port), cancellation).ConfigureAwait(false);
                return socket;
            }
            catch (Exception failure)
            {
                socket.Dispose();
                if (failure is not SocketException || number == addresses.Length - 1) throw;
            }
        }
    }

    private static async Task<byte[]?> ReceiveAsync(Socket socket, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellation).ConfigureAwait(false);
            if (received == 0) return all.ToArray();
            all.Write(buffer, 0, received);
            if (all.Length > LengthMax) return null;
        }
    }

    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;
}
