using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Client;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Client;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ClientSocketTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30), Short = TimeSpan.FromMilliseconds(20);

    private readonly Socket _server = UdpClients.ClientAt("127.0.0.1");
    private readonly ClientSocket _client = new(AddressFamily.InterNetwork, new DownloadRequest("127.0.0.1", 69, "file"));
    private readonly byte[] _buffer = new byte[ClientSocket.MaxDatagramLength];

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task Gives_a_datagram_and_who_has_sent_it_and_nothing_when_none_comes()
    {
        Assert.That(await _client.ReceiveAsync(_buffer, Short, default), Is.Null);
        EndPoint from = Hello();
        _server.SendTo([1, 2, 3], from);
        Assert.That(await _client.ReceiveAsync(_buffer, Long, default), Is.EqualTo((3, (IPEndPoint)_server.LocalEndPoint!)));
        Assert.That(_buffer[..3], Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(await _client.ReceiveAsync(_buffer, Short, default), Is.Null, "the limit holds anew each time");
    }

    [Test]
    public async Task A_cancelled_wait_is_told_from_one_that_is_over()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = _client.ReceiveAsync(_buffer, Long, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await _client.ReceiveAsync(_buffer, Long, cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    [Platform("Linux")]
    public async Task A_closed_port_is_told_and_the_socket_can_be_used_on()
    {
        using (var closed = UdpClients.ClientAt("127.0.0.1")) _client.Send([1], (IPEndPoint)closed.LocalEndPoint!);
        // Closed after it has got the first: the second is refused.
        IPEndPoint gone;
        using (var closed = UdpClients.ClientAt("127.0.0.1")) gone = (IPEndPoint)closed.LocalEndPoint!;
        _client.Send([2], gone);
        Assert.That(async () => await _client.ReceiveAsync(_buffer, Long, default),
            Throws.InstanceOf<SocketException>().With.Property(nameof(SocketException.SocketErrorCode)).EqualTo(SocketError.ConnectionRefused));

        _server.SendTo([7], Hello());
        Assert.That((await _client.ReceiveAsync(_buffer, Long, default))?.Length, Is.EqualTo(1));
    }

    /// <summary>Where the client is, as the server sees it.</summary>
    private EndPoint Hello()
    {
        _client.Send([0], (IPEndPoint)_server.LocalEndPoint!);
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        _server.ReceiveFrom(new byte[10], ref from);
        return from;
    }
}
