using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>What a session's record says, against what was sent.</summary>
internal sealed class PipelineFigureTests
{
    // 1 MiB is the most that is read ahead to learn its length; 17 and 18 blocks of 65464.
    [TestCase(1 << 20)]
    [TestCase((1 << 20) + 1)]
    public void A_netascii_file_is_as_large_as_it_was_sent(int length)
    {
        var store = new TestStore().Add("text", length);
        var sent = VirtualServer.EncodeNetascii(store["text"]).Length;
        var blocks = (sent / 65464) + 1;
        var server = new VirtualServer(store);
        server.Run(".0 lo: RRQ text netascii blksize=65464\n" + string.Concat(Enumerable.Range(0, blocks + 1).Select(block => $"{(block + 1) / 10.0} lo: ACK {block}\n")));
        var end = server.Ended.Single();
        Assert.That((end.Outcome, end.Bytes, end.Size, end.Blocks), Is.EqualTo((Outcome.Complete, (long)sent, (long?)sent, (long)blocks)));
    }

    [Test]
    public void A_netascii_file_that_was_not_sent_to_its_end_has_no_size_but_the_bytes_that_were_acknowledged()
    {
        var store = new TestStore().Add("text", 2 << 20);
        var server = new VirtualServer(store);
        server.Run(".0 RRQ text netascii blksize=1000\n.1 ACK 0\n.2 ACK 1\n.3 ACK 2\n.4 ERROR 0 enough");
        var end = server.Ended.Single();
        Assert.That((end.Bytes, end.Size, end.Blocks), Is.EqualTo((2000L, (long?)null, 2L)));
    }

    [Test]
    public void A_bug_keeps_its_stack_for_the_log()
    {
        var server = new VirtualServer(new TestStore { ThrowsFrom = 0 }.Add("file", 1000));
        server.Run(".0 RRQ file octet");
        var end = server.Ended.Single();
        Assert.That((end.Outcome, end.Bug?.Message), Is.EqualTo((Outcome.Faulted, "bug")));
        Assert.That(end.Bug!.StackTrace, Does.Contain(nameof(TestStore)));
    }

    [Test]
    public void What_can_be_expected_is_no_bug()
    {
        var server = new VirtualServer(new TestStore { Fault = (512, "file was truncated while it was sent") }.Add("file", 5000));
        server.Run(".0 RRQ file octet\n.1 ACK 1");
        Assert.That(server.Ended.Single(), Has.Property(nameof(SessionEnded.Bug)).Null.And.Property(nameof(SessionEnded.Outcome)).EqualTo(Outcome.Faulted));
    }

    [Test]
    public void A_request_for_which_there_is_no_descriptor_is_passed_over_in_silence_and_may_be_asked_again()
    {
        var store = new BusyStore();
        var server = new VirtualServer(store);
        Assert.That(server.Run(".0 RRQ file octet\n.5 RRQ file octet\n1 RRQ file octet\n1.1 ACK 1"), Is.EqualTo("""
            0.000 < RRQ file octet
            0.000 * ignored: Busy
            0.500 < RRQ file octet
            0.500 * ignored: Busy
            1.000 < RRQ file octet
            1.000 > DATA 1 (100 bytes)
            1.100 < ACK 1
            1.100 * complete: 100 bytes, 1 blocks, 0 again
            """));
    }

    /// <summary>Out of descriptors twice, then one is there.</summary>
    private sealed class BusyStore : TestStore
    {
        private int _asked;

        public BusyStore() => Add("file", 100);

        public override ValueTask<OpenResult> OpenAsync(SafePath path) =>
            _asked++ < 2 ? new(OpenResult.Refused(Refusal.Busy with { Detail = "Too many open files (24)" })) : base.OpenAsync(path);
    }
}
