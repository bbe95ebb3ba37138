using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FlyTftp.Reactive.Client;

/// <summary>Downloads one file by TFTP (RFC 1350, 2347, 2348, 2349, 7440). Whatever the server and the network do is a result.</summary>
public static class TftpClient
{
    /// <param name="destination">Receives the bytes in order. Not flushed, not closed. When the result is not complete, it holds a part.</param>
    /// <param name="progress">Called at every ACK, on no particular thread, never twice at a time.</param>
    public static async Task<DownloadResult> DownloadAsync(
        DownloadRequest request, Stream destination, Action<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(request.Host, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new(DownloadOutcome.Cancelled, "interrupted", 0, Stopwatch.GetElapsedTime(started));
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return new(DownloadOutcome.Unreachable, "the host's name has no address", 0, Stopwatch.GetElapsedTime(started));
        }

        var result = new DownloadResult(DownloadOutcome.Unreachable, "the host's name has no address", 0, Stopwatch.GetElapsedTime(started));
        foreach (var address in addresses)
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6) continue;
            using var download = new Download(request, new IPEndPoint(address, request.Port), destination, progress, started);
            result = await download.RunAsync(cancellation).ConfigureAwait(false);
            // "localhost" is often ::1 first, and the server on 127.0.0.1 only: another address may do, as long as nothing was received.
            if (result.Outcome is not (DownloadOutcome.Refused or DownloadOutcome.Unreachable) || result.Bytes > 0) return result;
        }

        return result;
    }
}
