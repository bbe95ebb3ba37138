using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Client;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Client;

/// <summary>A download over a socket some of whose sends fail, as they do while a link is down.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LinkFailureTests
{
    private ScriptedServer _server = null!;

    [SetUp]
    public void Listen() => _server = new ScriptedServer();

    [TearDown]
    public void Close() => _server.Dispose();

    [TestCase(SocketError.NetworkUnreachable)]
    [TestCase(SocketError.HostUnreachable)]
    [TestCase(SocketError.NetworkDown)]
    [TestCase(SocketError.NoBufferSpaceAvailable)]
    [TestCase(SocketError.AccessDenied)]
    public async Task Goes_on_when_its_link_is_down_for_a_moment(SocketError error)
    {
        var download = Start(_server.Request() with { FirstTimeout = TimeSpan.FromMilliseconds(20) }, error, firstFailure: 2, failures: 3);
        await _server.NextAsync();
        _server.SendOack(("blksize", "16"));
        // ACK 0 is the second packet of the download: it and two repeats do not leave the machine.
        Assert.That(await _server.NextAsync(), Is.EqualTo("ACK 0"));
        _server.SendData(1, "end");
        var result = await download;
        Assert.That((result.Outcome, result.Repeats), Is.EqualTo((DownloadOutcome.Complete, 3)), result.Detail);
    }

    [Test]
    public async Task Goes_on_asking_when_its_link_goes_down_before_the_first_answer()
    {
        var download = Start(
            _server.Request() with { FirstTimeout = TimeSpan.FromMilliseconds(20) }, SocketError.NetworkUnreachable, firstFailure: 2, failures: 2);
        await _server.NextAsync();
        Assert.That(await _server.NextAsync(), Does.StartWith("RRQ"));
        _server.SendData(1, "end");
        Assert.That((await download).IsComplete, Is.True);
    }

    [TestCase(SocketError.NetworkUnreachable)]
    [TestCase(SocketError.HostUnreachable)]
    public async Task Says_at_once_that_there_is_no_way_there(SocketError error)
    {
        var result = await Start(_server.Request(), error, firstFailure: 1, failures: 1);
        Assert.That((result.Outcome, result.Repeats), Is.EqualTo((DownloadOutcome.Unreachable, 0)));
        Assert.That(result.Detail, Does.StartWith($"cannot reach {_server.EndPoint}: "));
    }

    [Test]
    public async Task Ends_when_the_server_is_gone_also_if_it_learns_so_when_sending()
    {
        var download = Start(_server.Request(), SocketError.ConnectionRefused, firstFailure: 2, failures: 1);
        await _server.NextAsync();
        _server.SendData(1, new string('x', 512));
        Assert.That((await download).Outcome, Is.EqualTo(DownloadOutcome.Refused));
    }

    private static Task<DownloadResult> Start(DownloadRequest request, SocketError error, int firstFailure, int failures) => TftpClient.DownloadAsync(
        request, Stream.Null, null,
        (family, asked) => new FailingSocket(new ClientSocket(family, asked), number => number >= firstFailure && number < firstFailure + failures ? error : null),
        CancellationToken.None);

    private sealed class FailingSocket(ClientSocket inner, Func<int, SocketError?> fails) : IClientSocket
    {
        private int _sends;

        public void Send(ReadOnlySpan<byte> datagram, IPEndPoint to)
        {
            if (fails(++_sends) is { } error) throw new SocketException((int)error);
            inner.Send(datagram, to);
        }

        public ValueTask<(int Length, IPEndPoint From)?> ReceiveAsync(Memory<byte> buffer, TimeSpan limit, CancellationToken cancellation) =>
            inner.ReceiveAsync(buffer, limit, cancellation);

        public void Dispose() => inner.Dispose();
    }
}
