using System.Net;
using System.Net.Sockets;
using System.Text;
using FlyTftp.Reactive.Client;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Client;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TftpClientTests
{
    private readonly MemoryStream _received = new();
    private readonly List<DownloadProgress> _progress = [];
    private ScriptedServer _server = null!;

    [SetUp]
    public void Listen() => _server = new ScriptedServer();

    [TearDown]
    public void Close() => _server.Dispose();

    [Test]
    public async Task Reads_a_file_from_a_server_that_knows_no_options()
    {
        var download = Start(_server.Request());
        Assert.That(await _server.NextAsync(), Is.EqualTo("RRQ \"boot.ipxe\" octet blksize=16 tsize=0"));
        var first = new string('a', 512);
        _server.SendData(1, first);
        Assert.That(await _server.NextAsync(), Is.EqualTo("ACK 1"));
        _server.SendData(2, "end");
        Assert.That(await _server.NextAsync(), Is.EqualTo("ACK 2"));

        var result = await download;
        Assert.That((result.Outcome, result.Bytes, result.Parameters), Is.EqualTo((DownloadOutcome.Complete, 515L, TransferParameters.Default)));
        Assert.That(Text(), Is.EqualTo(first + "end"));
        Assert.That(_progress, Is.EqualTo(new[] { new DownloadProgress(512, null), new DownloadProgress(515, null) }));
    }

    [Test]
    public async Task Acknowledges_the_options_and_then_each_whole_window()
    {
        var download = Start(_server.Request() with { WindowSize = 2, ServerTimeoutSeconds = 3 });
        Assert.That(await _server.NextAsync(), Is.EqualTo("RRQ \"boot.ipxe\" octet blksize=16 tsize=0 timeout=3 windowsize=2"));
        _server.SendOack(("blksize", "8"), ("tsize", "20"), ("timeout", "3"), ("windowsize", "2"));
        Assert.That(await _server.NextAsync(), Is.EqualTo("ACK 0"));
        _server.SendData(1, "12345678");
        _server.SendData(2, "abcdefgh");
        Assert.That(await _server.NextAsync(), Is.EqualTo("ACK 2"));
        _server.SendData(3, "ABCD");
        Assert.That(await _server.NextAsync(), Is.EqualTo("ACK 3"));

        Assert.That((await download).Parameters, Is.EqualTo(new TransferParameters(8, 2, TimeSpan.FromSeconds(3))));
        Assert.That(Text(), Is.EqualTo("12345678abcdefghABCD"));
        Assert.That(_progress[^1], Is.EqualTo(new DownloadProgress(20, 20)));
    }

    [Test]
    public async Task Asks_for_the_repeat_of_a_lost_block_once()
    {
        var download = Start(_server.Request() with { WindowSize = 4 });
        await _server.NextAsync();
        _server.SendOack(("blksize", "8"), ("windowsize", "4"));
        await _server.NextAsync();
        _server.SendData(1, "12345678");
        _server.SendData(3, "........");
        _server.SendData(4, "........");
        Assert.That(await _server.NextAsync(), Is.EqualTo("ACK 1"));
        _server.SendData(2, "abcdefgh");
        _server.SendData(3, "z");
        Assert.That(await _server.NextAsync(), Is.EqualTo("ACK 3"), "one ACK for the gap, not one for each block behind it");
        Assert.That((await download).IsComplete, Is.True);
        Assert.That(Text(), Is.EqualTo("12345678abcdefghz"));
    }

    [Test]
    public async Task Keeps_to_the_transfer_id_of_the_first_answer_and_tells_strangers_so()
    {
        var download = Start(_server.Request());
        await _server.NextAsync();
        using var transfer = new ScriptedServer { Client = _server.Client };
        transfer.SendOack(("blksize", "16"));
        Assert.That(await transfer.NextAsync(), Is.EqualTo("ACK 0"));
        _server.SendData(1, "forged");
        Assert.That(await _server.NextAsync(), Is.EqualTo("ERROR 5 \"unknown transfer ID\""));
        transfer.SendData(1, "true");
        Assert.That(await transfer.NextAsync(), Is.EqualTo("ACK 1"));
        Assert.That((await download).Server, Is.EqualTo(transfer.EndPoint));
        Assert.That(Text(), Is.EqualTo("true"));
    }

    [TestCase("blksize", "17", "the OACK grants blksize=17, asked was 16")]
    [TestCase("windowsize", "2", "the OACK grants windowsize=2, which was not asked")]
    public async Task Refuses_an_oack_that_grants_more_than_was_asked(string name, string value, string detail)
    {
        var download = Start(_server.Request());
        await _server.NextAsync();
        _server.SendOack((name, value));
        Assert.That(await _server.NextAsync(), Does.StartWith("ERROR 8"));
        var result = await download;
        Assert.That((result.Outcome, result.Detail), Is.EqualTo((DownloadOutcome.Violation, detail)));
    }

    [Test]
    public async Task Refuses_a_block_longer_than_the_block_size()
    {
        var download = Start(_server.Request());
        await _server.NextAsync();
        _server.SendData(1, new string('x', 513));
        Assert.That(await _server.NextAsync(), Does.StartWith("ERROR 4"));
        Assert.That((await download).Detail, Is.EqualTo("DATA 1 has 513 bytes, blksize is 512"));
    }

    [Test]
    public async Task Says_when_the_file_is_not_as_long_as_announced()
    {
        var download = Start(_server.Request());
        await _server.NextAsync();
        _server.SendOack(("tsize", "100"));
        await _server.NextAsync();
        _server.SendData(1, "short");
        var result = await download;
        Assert.That((result.Outcome, result.Detail), Is.EqualTo((DownloadOutcome.Violation, "the server announced 100 bytes and sent 5")));
    }

    [Test]
    public async Task Breaks_off_when_more_comes_than_was_announced()
    {
        var download = Start(_server.Request());
        await _server.NextAsync();
        _server.SendOack(("blksize", "16"), ("tsize", "20"));
        await _server.NextAsync();
        _server.SendData(1, new string('x', 16));
        await _server.NextAsync();
        _server.SendData(2, new string('x', 16));
        Assert.That(await _server.NextAsync(), Does.StartWith("ERROR 4"));
        var result = await download;
        Assert.That((result.Outcome, result.Bytes, result.Detail), Is.EqualTo((DownloadOutcome.Violation, 16L, "the server announced 20 bytes and sends more")));
    }

    [Test]
    public async Task Breaks_off_a_file_that_does_not_end()
    {
        var download = Start(_server.Request() with { MaxSize = 1000 });
        await _server.NextAsync();
        _server.SendData(1, new string('x', 512));
        await _server.NextAsync();
        _server.SendData(2, new string('x', 512));
        Assert.That(await _server.NextAsync(), Is.EqualTo("ERROR 3 \"file too large\""));
        var result = await download;
        Assert.That((result.Outcome, result.Bytes), Is.EqualTo((DownloadOutcome.TooLarge, 512L)));
        Assert.That(_received.Length, Is.EqualTo(512));
    }

    [Test]
    public async Task Does_not_begin_a_file_that_is_announced_too_large()
    {
        var download = Start(_server.Request() with { MaxSize = 1000 });
        await _server.NextAsync();
        _server.SendOack(("tsize", "1001"));
        Assert.That(await _server.NextAsync(), Is.EqualTo("ERROR 3 \"file too large\""));
        Assert.That((await download).Detail, Is.EqualTo("the file has 1001 bytes, at most 1000 are accepted"));
    }

    [Test]
    public async Task Gives_up_on_a_server_that_only_ever_repeats_a_block()
    {
        var download = Start(_server.Request() with { InactivityLimit = TimeSpan.FromMilliseconds(300) });
        await _server.NextAsync();
        while (!download.IsCompleted)
        {
            _server.SendData(1, new string('x', 512));
            await Task.Yield();
        }

        var result = await download;
        Assert.That((result.Outcome, result.Bytes), Is.EqualTo((DownloadOutcome.NoAnswer, 512L)));
        Assert.That(result.Detail, Does.EndWith("fell silent at block 1"));
    }

    [Test]
    public async Task Tells_what_the_server_answered()
    {
        var download = Start(_server.Request());
        await _server.NextAsync();
        _server.SendError(ErrorCode.FileNotFound, "file\x1b[2Jnot found");
        var result = await download;
        Assert.That((result.Outcome, result.Detail), Is.EqualTo((DownloadOutcome.Error, "ERROR 1 file\\x1B[2Jnot found")));
        Assert.That(result.ServerError!.Code, Is.EqualTo(ErrorCode.FileNotFound));
    }

    [Test]
    public async Task Repeats_the_request_and_then_gives_up()
    {
        var result = await Start(_server.Request() with { FirstTimeout = TimeSpan.FromMilliseconds(10), InactivityLimit = TimeSpan.FromMilliseconds(100) });
        Assert.That(result.Outcome, Is.EqualTo(DownloadOutcome.NoAnswer));
        Assert.That(result.Detail, Does.Match($"^no answer from {_server.EndPoint} after [2-4] tries$"));
        var request = await _server.NextAsync();
        Assert.That(await _server.NextAsync(), Is.EqualTo(request));
    }

    [Test]
    public async Task Repeats_its_ack_when_nothing_comes_and_counts_what_has_come_meanwhile()
    {
        var download = Start(_server.Request() with { WindowSize = 4, FirstTimeout = TimeSpan.FromMilliseconds(200) });
        await _server.NextAsync();
        _server.SendOack(("blksize", "8"), ("windowsize", "4"));
        Assert.That(await _server.NextAsync(), Is.EqualTo("ACK 0"));
        _server.SendData(1, "12345678");
        Assert.That(await NextOtherThanAsync("ACK 0"), Is.EqualTo("ACK 1"), "not the old ACK 0 again");
        _server.SendData(2, "");
        Assert.That(await NextOtherThanAsync("ACK 1"), Is.EqualTo("ACK 2"));
        Assert.That((await download).Repeats, Is.GreaterThan(0));
    }

    [Test]
    public async Task Says_that_nobody_listens_when_the_network_does()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsWindows()) Assert.Ignore("The system does not report ICMP errors to unconnected sockets.");
        var request = _server.Request();
        _server.Dispose();
        var result = await Start(request);
        Assert.That((result.Outcome, result.Detail), Is.EqualTo((DownloadOutcome.Refused, $"connection refused by 127.0.0.1:{request.Port}")));
    }

    [Test]
    public async Task Reads_over_ipv6()
    {
        if (!Socket.OSSupportsIPv6) Assert.Ignore("No IPv6 here.");
        using var server = new ScriptedServer(IPAddress.IPv6Loopback);
        var download = Start(server.Request());
        await server.ServeAsync("six");
        Assert.That((await download).IsComplete, Is.True);
        Assert.That(Text(), Is.EqualTo("six"));
    }

    [Test]
    public async Task Tells_the_server_when_it_is_interrupted()
    {
        using var interrupt = new CancellationTokenSource();
        var download = TftpClient.DownloadAsync(_server.Request(), _received, null, interrupt.Token);
        await _server.NextAsync();
        _server.SendOack(("blksize", "16"));
        await _server.NextAsync();
        await interrupt.CancelAsync();
        Assert.That(await _server.NextAsync(), Is.EqualTo("ERROR 0 \"interrupted\""));
        Assert.That((await download).Outcome, Is.EqualTo(DownloadOutcome.Cancelled));
    }

    [Test]
    public async Task Tells_the_server_when_the_disk_is_full()
    {
        var download = TftpClient.DownloadAsync(_server.Request(), new FullDisk(), null, CancellationToken.None);
        await _server.NextAsync();
        _server.SendData(1, "x");
        Assert.That(await _server.NextAsync(), Does.StartWith("ERROR 3"));
        var result = await download;
        Assert.That((result.Outcome, result.Detail), Is.EqualTo((DownloadOutcome.NotWritten, "No space left")));
    }

    [Test]
    public async Task Does_not_look_for_a_host_whose_name_cannot_be()
    {
        var result = await Start(_server.Request() with { Host = "a..b" });
        Assert.That(result.Outcome, Is.EqualTo(DownloadOutcome.Unreachable));
    }

    private Task<DownloadResult> Start(DownloadRequest request) =>
        TftpClient.DownloadAsync(request, _received, _progress.Add, CancellationToken.None);

    private async Task<string> NextOtherThanAsync(string repeated)
    {
        string packet;
        do packet = await _server.NextAsync();
        while (packet == repeated);
        return packet;
    }

    private string Text() => Encoding.ASCII.GetString(_received.ToArray());

    private sealed class FullDisk : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException(new IOException("No space left"));
    }
}
