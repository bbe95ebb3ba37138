using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Http;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Http;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LoopbackProbeTests : IDisposable
{
    // What is there, from one look to the next.
    private readonly Queue<string?> _files = new(["boot.ipxe"]);
    private readonly Socket _server = NewSocket();
    private readonly LoopbackProbe _probe;
    private readonly byte[] _buffer = new byte[600];

    public LoopbackProbeTests() => _probe = new LoopbackProbe(NewSocket(), (IPEndPoint)_server.LocalEndPoint!, () => _files.Count > 1 ? _files.Dequeue() : _files.Peek());

    public void Dispose()
    {
        _probe.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task Downloads_a_file_to_its_last_block()
    {
        var probing = _probe.RunAsync(CancellationToken.None).AsTask();

        Assert.That(await NextAsync(), Is.EqualTo("RRQ \"boot.ipxe\" octet"));
        await AnswerAsync(Data(1, 512));
        Assert.That(await NextAsync(), Is.EqualTo("ACK 1"));
        await AnswerAsync(Data(1, 512));
        await AnswerAsync(Data(2, 7));
        Assert.That(await NextAsync(), Is.EqualTo("ACK 2"));
        Assert.That(await probing, Is.EqualTo(new ProbeResult(true, "downloaded 2 blocks")));
    }

    [Test]
    public async Task Where_there_is_no_file_not_found_shows_that_the_server_lives()
    {
        Offer([null]);
        var probing = _probe.RunAsync(CancellationToken.None).AsTask();
        Assert.That(await NextAsync(), Is.EqualTo("RRQ \"boot.ipxe\" octet"));
        await AnswerAsync(Error(ErrorCode.FileNotFound, "file not found"));

        Assert.That((await probing).IsHealthy, Is.True);
    }

    [Test]
    public async Task A_file_that_is_there_and_not_found_shows_that_something_is_wrong()
    {
        var probing = _probe.RunAsync(CancellationToken.None).AsTask();
        for (var time = 0; time < 2; time++)
        {
            Assert.That(await NextAsync(), Is.EqualTo("RRQ \"boot.ipxe\" octet"));
            await AnswerAsync(Error(ErrorCode.FileNotFound, "file not found"));
        }

        Assert.That(await probing, Is.EqualTo(new ProbeResult(false, "answered that a file is not there, though it is")));
    }

    [TestCase("other.ipxe", "other.ipxe")]
    [TestCase(null, "boot.ipxe")]
    public async Task A_file_that_was_removed_is_replaced_by_another_or_by_none(string? next, string asked)
    {
        Offer("gone.ipxe", next);
        var probing = _probe.RunAsync(CancellationToken.None).AsTask();
        Assert.That(await NextAsync(), Is.EqualTo("RRQ \"gone.ipxe\" octet"));
        await AnswerAsync(Error(ErrorCode.FileNotFound, "file not found"));
        Assert.That(await NextAsync(), Is.EqualTo($"RRQ \"{asked}\" octet"));
        await AnswerAsync(next is null ? Error(ErrorCode.FileNotFound, "file not found") : Data(1, 0));

        Assert.That((await probing).IsHealthy);
    }

    [Test]
    public async Task Any_other_error_is_the_reason()
    {
        var probing = _probe.RunAsync(CancellationToken.None).AsTask();
        await NextAsync();
        await AnswerAsync(Error(ErrorCode.NotDefined, "file cannot be read"));

        Assert.That(await probing, Is.EqualTo(new ProbeResult(false, "answered ERROR 0: file cannot be read")));
    }

    [Test]
    public async Task Breaks_off_a_large_file()
    {
        var probing = _probe.RunAsync(CancellationToken.None).AsTask();
        var last = await NextAsync();
        for (ushort block = 1; block <= 128; block++)
        {
            await AnswerAsync(Data(block, 512));
            last = await NextAsync();
        }

        Assert.That(last, Is.EqualTo("ERROR 0 \"enough\""));
        Assert.That((await probing).IsHealthy, Is.True);
    }

    [Test]
    public async Task Ends_when_its_time_is_up()
    {
        using var deadline = new CancellationTokenSource();
        var probing = _probe.RunAsync(deadline.Token).AsTask();
        await NextAsync();
        await deadline.CancelAsync();

        Assert.That(async () => await probing, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Listens_to_nobody_but_the_server()
    {
        using var stranger = NewSocket();
        var probing = _probe.RunAsync(CancellationToken.None).AsTask();
        await NextAsync();
        await stranger.SendToAsync(Error(ErrorCode.NotDefined, "rubbish"), _from!);
        await AnswerAsync(Data(1, 0));

        Assert.That((await probing).IsHealthy, Is.True);
    }

    private void Offer(params string?[] files)
    {
        _files.Clear();
        foreach (var file in files) _files.Enqueue(file);
    }

    private EndPoint? _from;

    private async Task<string> NextAsync()
    {
        var result = await _server.ReceiveFromAsync(_buffer, new IPEndPoint(IPAddress.Any, 0));
        _from = result.RemoteEndPoint;
        return PacketReader.Read(_buffer.AsSpan(0, result.ReceivedBytes)).ToString();
    }

    private async Task AnswerAsync(byte[] datagram) => await _server.SendToAsync(datagram, _from!);

    private static byte[] Data(ushort block, int length)
    {
        var datagram = new byte[4 + length];
        PacketWriter.WriteDataHeader(datagram, new BlockNumber(block));
        return datagram;
    }

    private static byte[] Error(ErrorCode code, string message)
    {
        var datagram = new byte[100];
        return datagram[..PacketWriter.WriteError(datagram, new ErrorReport(code, message))];
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
