using System.Net;
using System.Net.Sockets;

namespace FlyTftp.Reactive.Client;

/// <summary>A client's UDP socket: a receive with a time limit, and errors that the network reports.</summary>
internal sealed class ClientSocket : IClientSocket
{
    /// <summary>Bytes of the largest UDP payload.</summary>
    public const int MaxDatagramLength = 65507;

    private const int MaxBufferBytes = 4 * 1024 * 1024, HeadersPerDatagram = 1024;
    private readonly Socket _socket;
    private CancellationTokenSource? _timer;

    public ClientSocket(AddressFamily family, DownloadRequest request)
    {
        _socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        // Two windows fit, with what the kernel counts for each datagram beside its payload.
        var window = (long)(request.WindowSize ?? 1) * ((request.BlockSize ?? 512) + HeadersPerDatagram);
        _socket.ReceiveBufferSize = (int)Math.Clamp(2 * window, 256 * 1024, MaxBufferBytes);
        ReportUnreachable(family);
        _socket.Bind(new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _timer?.Dispose();
    }

    public void Send(ReadOnlySpan<byte> datagram, IPEndPoint to) => _socket.SendTo(datagram, SocketFlags.None, to);

    public async ValueTask<(int Length, IPEndPoint From)?> ReceiveAsync(Memory<byte> buffer, TimeSpan limit, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        // One source for many receives: only after it has fired is it of no more use.
        _timer ??= CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Timers count whole milliseconds: rounded down, the caller would wake before its time.
        _timer.CancelAfter(TimeSpan.FromMilliseconds(Math.Ceiling(limit.TotalMilliseconds)));
        try
        {
            var result = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(
                _socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0), _timer.Token).ConfigureAwait(false);
            return (result.ReceivedBytes, (IPEndPoint)result.RemoteEndPoint);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (_timer.IsCancellationRequested)
            {
                _timer.Dispose();
                _timer = null;
            }
        }
    }

    /// <summary>
    /// Linux tells an unconnected socket of ICMP errors only when asked (IP_RECVERR, IPV6_RECVERR). The socket stays unconnected, because
    /// the answer may come from another port. Windows reports by itself; elsewhere the time limit has to do.
    /// </summary>
    private void ReportUnreachable(AddressFamily family)
    {
        if (!OperatingSystem.IsLinux()) return;
        ReadOnlySpan<byte> on = BitConverter.IsLittleEndian ? [1, 0, 0, 0] : [0, 0, 0, 1];
        if (family == AddressFamily.InterNetworkV6) _socket.SetRawSocketOption(41, 25, on);
        else _socket.SetRawSocketOption(0, 11, on);
    }
}
