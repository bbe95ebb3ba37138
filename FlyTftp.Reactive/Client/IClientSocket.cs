using System.Net;
using System.Net.Sockets;

namespace FlyTftp.Reactive.Client;

/// <summary>What a download sends and receives by.</summary>
internal interface IClientSocket : IDisposable
{
    /// <exception cref="SocketException">It was not sent; the socket can be used on.</exception>
    void Send(ReadOnlySpan<byte> datagram, IPEndPoint to);

    /// <returns>The datagram, or <c>null</c> when none came in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="SocketException">The network has reported an error; the socket can be used on.</exception>
    ValueTask<(int Length, IPEndPoint From)?> ReceiveAsync(Memory<byte> buffer, TimeSpan limit, CancellationToken cancellation);
}
