using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Client;

/// <summary>Downloads one file by TFTP (RFC 1350, 2347, 2348, 2349, 7440). Whatever the server and the network do is a result.</summary>
public static class TftpClient
{
    /// <param name="destination">Receives the bytes in order. Not flushed, not closed. When the result is not complete, it holds a part.</param>
    /// <param name="progress">Called at every ACK, on no particular thread, never twice at a time.</param>
    public static Task<DownloadResult> DownloadAsync(
        DownloadRequest request, Stream destination, Action<DownloadProgress>? progress, CancellationToken cancellation) =>
        DownloadAsync(request, destination, progress, static (family, request) => new ClientSocket(family, request), cancellation);

    /// <param name="open">Makes the socket for one address of the host.</param>
    internal static async Task<DownloadResult> DownloadAsync(
        DownloadRequest request, Stream destination, Action<DownloadProgress>? progress, Func<AddressFamily, DownloadRequest, IClientSocket> open,
        CancellationToken cancellation)
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
            try
            {
                using var socket = open(address.AddressFamily, request);
                result = await new Download(request, new IPEndPoint(address, request.Port), socket, destination, progress, started)
                    .RunAsync(cancellation).ConfigureAwait(false);
            }
            catch (SocketException exception)
            {
                // No socket to be had: too many open files, or a sandbox.
                result = new(DownloadOutcome.Unreachable, $"no socket: {Printable.Escape(exception.Message)}", 0, Stopwatch.GetElapsedTime(started));
            }

            // "localhost" is often ::1 first, and the server on 127.0.0.1 only: another address may do, as long as nothing was received.
            if (result.Outcome is not (DownloadOutcome.Refused or DownloadOutcome.Unreachable) || result.Bytes > 0) return result;
        }

        return result;
    }
}
