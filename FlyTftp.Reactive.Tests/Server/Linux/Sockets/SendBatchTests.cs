using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Server.Ports;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;
using static FlyTftp.Reactive.Tests.Support.UdpClients;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SendBatchTests : IDisposable
{
    private readonly UdpSocket _socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), PortSharing.None);
    private readonly SendBatch _batch;

    public SendBatchTests() => _batch = new SendBatch(_socket);

    public void Dispose()
    {
        _batch.Dispose();
        _socket.Dispose();
    }

    // A run is cut by the kernel in pieces of 64 blocks or 65,000 bytes; 200 blocks of 1428 are more than the batch holds at a time.
    [TestCase(1, 512, 100)]
    [TestCase(64, 512, 512)]
    [TestCase(65, 8, 0)]
    [TestCase(200, 1428, 7)]
    [TestCase(3, 65464, 65463)]
    public void Every_block_of_a_window_arrives_whole_and_in_order(int count, int blockSize, int lastLength)
    {
        using var client = ClientAt("127.0.0.1");
        client.ReceiveBufferSize = 4 << 20;
        var file = TestStore.Pattern(((count - 1) * blockSize) + lastLength);
        _batch.Add(Emission.Blocks(PeerOf(FlowOf(client)), new Transfer(new MemoryContent(file), blockSize), 1, count, lastLength, isRepeat: false));
        _batch.Flush();

        var buffer = new byte[70_000];
        for (var block = 1; block <= count; block++)
        {
            var length = client.Receive(buffer);
            Assert.That(PacketReader.Read(buffer.AsSpan(0, length)).Block, Is.EqualTo(BlockNumber.Of(block)));
            var expected = file.AsSpan((block - 1) * blockSize, block == count ? lastLength : blockSize);
            Assert.That(buffer.AsSpan(PacketReader.DataOffset, length - PacketReader.DataOffset).SequenceEqual(expected), $"block {block}");
        }

        Assert.That((client.Available, _batch.Dropped), Is.EqualTo((0, 0L)));
    }

    [Test]
    public void More_messages_than_one_call_takes_all_leave()
    {
        using var client = ClientAt("127.0.0.1");
        for (var number = 0; number < 150; number++)
            _batch.Add(Emission.Error(PeerOf(FlowOf(client)), new ErrorReport(ErrorCode.NotDefined, $"{number}")));
        _batch.Flush();

        var buffer = new byte[100];
        for (var number = 0; number < 150; number++)
            Assert.That(PacketReader.Read(buffer.AsSpan(0, client.Receive(buffer))).ErrorReport.Message, Is.EqualTo($"{number}"));
    }

    [Test]
    public void What_the_kernel_refuses_is_counted_by_the_datagram_and_keeps_nobody_else_from_being_sent_to()
    {
        using var client = ClientAt("127.0.0.1");
        // No socket may send there without SO_BROADCAST: EACCES, whatever the routes are.
        var nowhere = FlowOf(client) with { Remote = Endpoint.From(IPAddress.Broadcast, 2000) };
        _batch.Add(Emission.Error(PeerOf(FlowOf(client)), new ErrorReport(ErrorCode.NotDefined, "before")));
        _batch.Add(Emission.Blocks(PeerOf(nowhere), new Transfer(new MemoryContent(new byte[5000]), 512), 1, 8, 512, isRepeat: false));
        _batch.Add(Emission.Error(PeerOf(FlowOf(client)), new ErrorReport(ErrorCode.NotDefined, "after")));
        _batch.Flush();

        var buffer = new byte[100];
        foreach (var text in (string[])["before", "after"])
            Assert.That(PacketReader.Read(buffer.AsSpan(0, client.Receive(buffer))).ErrorReport.Message, Is.EqualTo(text));
        Assert.That(_batch.Dropped, Is.EqualTo(8));
    }

    private Flow FlowOf(Socket client) => new(Endpoint.From((IPEndPoint)client.LocalEndPoint!), _socket.Bound);
}
