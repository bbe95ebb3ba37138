using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Loop;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FlightRecorderTests
{
    private readonly RecordedServer _server = new(new TestStore().Add("ten", 10).Add("large", 3000));

    [Test]
    public void A_sessions_record_comes_with_what_it_said_and_heard()
    {
        _server.Run("""
            1.00 RRQ large octet tsize=0 blksize=1024
            1.02 ACK 0
            1.05 ACK 1
            1.08 ACK 2
            1.11 ACK 3
            """);
        Assert.That(Rows(_server.Ended), Is.EqualTo(new[]
        {
            "0 < ReadRequest 0", "0 > OptionAcknowledgment 0", "20 < Acknowledgment 0", "20 > Data 1", "50 < Acknowledgment 1", "50 > Data 2",
            "80 < Acknowledgment 2", "80 > Data 3", "110 < Acknowledgment 3",
        }));
        Assert.That(_server.Ended.Trace!.BlockSize, Is.EqualTo(1024));
    }

    [Test]
    public void A_refusal_is_recorded_with_its_error()
    {
        _server.Run("1 RRQ nothing octet");
        Assert.That(Rows(_server.Ended), Is.EqualTo(new[] { "0 < ReadRequest 0", "0 > Error 0" }));
        Assert.That(_server.Ended.Trace!.ErrorReport!.Code, Is.EqualTo(ErrorCode.FileNotFound));
    }

    [Test]
    public void A_clients_error_is_kept()
    {
        _server.Run("1 RRQ large octet\n1.1 ERROR 0 enough");
        Assert.That(_server.Ended.Trace!.ErrorReport!.Message, Is.EqualTo("enough"));
        Assert.That(Rows(_server.Ended)[^1], Is.EqualTo("100 < Error 0"));
    }

    [Test]
    public void A_running_transfer_shows_its_progress_and_rate()
    {
        _server.Run("1 RRQ large octet blksize=1024\n1.02 ACK 0\n1.1 ACK 1\n1.2 ACK 2");
        var seen = _server.Recorder.Look(10).Single();
        Assert.That((seen.Client.Port, seen.Request.FileName, seen.Bytes, seen.Size, seen.Rate, seen.Resent), Is.EqualTo(((ushort)2070, "large", 2048L, (long?)3000, 10240.0, 0L)));
        Assert.That(seen.RoundTrip!.Value.TotalMilliseconds, Is.InRange(20, 100));
    }

    [Test]
    public void A_transfer_that_has_ended_is_not_shown_and_its_bytes_are_counted()
    {
        _server.Run("1 RRQ ten octet\n1.1 ACK 1");
        Assert.That(_server.Recorder.Look(10), Is.Empty);
        Assert.That(_server.Recorder.AcknowledgedBytes, Is.EqualTo(10));
    }

    [Test]
    public void Shows_no_more_than_asked_for_and_the_oldest_first()
    {
        for (ushort port = 3000; port < 3005; port++) _server.Run($"1.{port - 3000} RRQ large octet", port);
        Assert.That(_server.Recorder.Look(3).Select(static transfer => transfer.Client.Port), Is.EqualTo(new[] { 3000, 3001, 3002 }));
    }

    [Test]
    public void The_next_session_of_the_same_port_has_a_trace_of_its_own()
    {
        _server.Run("1 RRQ ten octet\n1.1 ACK 1\n2 RRQ nothing octet");
        Assert.That(Rows(_server.Ended), Has.Length.EqualTo(2));
    }

    [Test]
    public void Traffic_without_a_session_is_not_recorded()
    {
        _server.Run("1 ACK 5\n1.1 00 09\n1.2 ff");
        Assert.That(_server.Recorder.Look(10), Is.Empty);
    }

    private static string[] Rows(SessionEnded ended) =>
        [.. ended.Trace!.Rows.Select(static row => $"{row.At.TotalMilliseconds:0} {(row.IsFromClient ? '<' : '>')} {row.Kind} {row.Block.Value}")];
}
