using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

internal sealed class EmissionTests
{
    private static readonly Peer Peer = new(Stage.Flow, Stage.Request());

    private readonly byte[] _buffer = new byte[2000];

    [Test]
    public async Task A_window_is_as_many_datagrams_as_it_has_blocks()
    {
        using var content = new TestStore().Add("file", 2500).Open("file");
        await content.LoadAsync(0, 4000);
        var emission = Emission.Blocks(Peer, new Transfer(content, 1000), first: 1, count: 3, lastLength: 500, isRepeat: false);
        Assert.That(emission.DatagramCount, Is.EqualTo(3));
        Assert.That(emission.Length, Is.EqualTo(2500 + (3 * 4)));
        Assert.That(emission.ToString(), Is.EqualTo("DATA 1..3"));
        for (var number = 0; number < 3; number++)
        {
            var length = emission.WriteDatagram(number, _buffer);
            Assert.That(length, Is.EqualTo(4 + (number == 2 ? 500 : 1000)));
            Assert.That(PacketReader.Read(_buffer.AsSpan(0, length)).ToString(), Is.EqualTo($"DATA {number + 1}"));
            Assert.That(_buffer[4..length], Is.EqualTo(TestStore.Pattern(2500)[(number * 1000)..Math.Min(2500, (number + 1) * 1000)]));
        }
    }

    [Test]
    public async Task Blocks_bear_the_low_16_bits_of_their_index()
    {
        using var content = new TestStore().Add("file", 70_000 * 8).Open("file");
        await content.LoadAsync(65_534 * 8, 24);
        var emission = Emission.Blocks(Peer, new Transfer(content, 8), first: 65_535, count: 3, lastLength: 8, isRepeat: true);
        Assert.That(emission.ToString(), Is.EqualTo("DATA 65535..1"));
        Assert.That(emission.IsRepeat);
        emission.WriteDatagram(1, _buffer);
        Assert.That(_buffer[..4], Is.EqualTo(new byte[] { 0, 3, 0, 0 }));
        Assert.That(_buffer[4..12], Is.EqualTo(TestStore.Pattern(70_000 * 8)[(65_535 * 8)..(65_536 * 8)]));
    }

    [Test]
    public async Task The_empty_last_block_is_a_header_alone()
    {
        using var content = new TestStore().Add("file", 512).Open("file");
        await content.LoadAsync(512, 512);
        var emission = Emission.Blocks(Peer, new Transfer(content, 512), first: 2, count: 1, lastLength: 0, isRepeat: false);
        Assert.That(emission.Length, Is.EqualTo(4));
        Assert.That(emission.WriteDatagram(0, _buffer), Is.EqualTo(4));
        Assert.That(emission.ToString(), Is.EqualTo("DATA 2 (0 bytes)"));
    }

    [Test]
    public void An_oack_is_one_datagram()
    {
        var emission = Emission.OptionAcknowledgment(Peer, new OptionSet(new TransferOption("blksize", "1428")), isRepeat: true);
        Assert.That((emission.DatagramCount, emission.Length, emission.IsRepeat), Is.EqualTo((1, 15, true)));
        Assert.That(emission.WriteDatagram(0, _buffer), Is.EqualTo(15));
        Assert.That(PacketReader.Read(_buffer.AsSpan(0, 15)).ToString(), Is.EqualTo("OACK blksize=1428"));
        Assert.That(emission.ToString(), Is.EqualTo("OACK blksize=1428"));
    }

    [Test]
    public void An_error_is_one_datagram()
    {
        var emission = Emission.Error(Peer, new ErrorReport(ErrorCode.FileNotFound, "näh"));
        Assert.That((emission.DatagramCount, emission.Length), Is.EqualTo((1, 9)));
        Assert.That(emission.WriteDatagram(0, _buffer), Is.EqualTo(9));
        Assert.That(PacketReader.Read(_buffer.AsSpan(0, 9)).ToString(), Is.EqualTo("ERROR 1 \"näh\""));
    }

    [Test]
    public void A_note_is_no_datagram()
    {
        var emission = Emission.Note(null, new Ignored(Stage.Flow, IgnoreReason.Stray));
        Assert.That((emission.DatagramCount, emission.Length), Is.EqualTo((0, 0)));
        Assert.That(() => emission.WriteDatagram(0, _buffer), Throws.InvalidOperationException);
    }
}
