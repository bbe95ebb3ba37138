using System.Runtime.CompilerServices;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Server.Loop;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RunningTraceTests
{
    private static readonly DateTimeOffset Start = RecordedServer.Epoch;

    private readonly Peer _peer = UdpClients.PeerOf(RecordedServer.FlowOf(2070));
    private readonly RunningTrace _trace = new(new TraceRow[RunningTrace.RowsMax]);

    [SetUp]
    public void Begin() => _trace.Begin(_peer, Start);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(31)]
    [TestCase(32)]
    [TestCase(127)]
    public void Keeps_every_row_of_a_short_session(int count)
    {
        Hear(count);
        var trace = _trace.End();
        Assert.That(trace.Rows.Skip(1).Select(static row => (int)row.Block.Value), Is.EqualTo(Enumerable.Range(1, count)));
        Assert.That((trace.LeftOut, trace.Memory), Is.EqualTo((0, (count + 1) * TraceRow.Size)));
    }

    [TestCase(128)]
    [TestCase(1000)]
    public void Keeps_the_beginning_and_the_end_of_a_long_one(int count)
    {
        Hear(count);
        var trace = _trace.End();
        Assert.That(trace.Rows.Select(static row => (int)row.Block.Value), Is.EqualTo(Enumerable.Range(0, 32).Concat(Enumerable.Range(count - 95, 96))));
        Assert.That((trace.LeftOut, trace.Memory), Is.EqualTo((count - 127, 128 * TraceRow.Size)));
    }

    [Test]
    public void A_row_takes_no_more_memory_than_it_says() => Assert.That(Unsafe.SizeOf<TraceRow>(), Is.EqualTo(TraceRow.Size));

    [Test]
    public void Begins_with_the_request()
    {
        var row = _trace.End().Rows.Single();
        Assert.That((row.Kind, row.IsFromClient, row.Tick), Is.EqualTo((PacketKind.ReadRequest, true, 0u)));
    }

    [Test]
    public void Tells_times_in_its_resolution()
    {
        RunningTrace.Heard(_peer, Packet.OfAcknowledgment(new BlockNumber(7)), Start + TimeSpan.FromMicroseconds(1234));
        RunningTrace.Heard(_peer, Packet.OfAcknowledgment(new BlockNumber(8)), Start + TimeSpan.FromHours(11));
        Assert.That(_trace.SilentFor(Start + TimeSpan.FromHours(11.5)), Is.EqualTo(TimeSpan.FromMinutes(30)));
        Assert.That(_trace.End().Rows.Select(static row => row.At),
            Is.EqualTo(new[] { TimeSpan.Zero, TimeSpan.FromMicroseconds(1230), TimeSpan.FromHours(11) }));
    }

    [Test]
    public void Forgets_the_session_before()
    {
        RunningTrace.Heard(_peer, Packet.OfError(new ErrorReport(ErrorCode.DiskFull, "full")), Start);
        _trace.End();
        _trace.Begin(_peer, Start + TimeSpan.FromSeconds(5));
        var second = _trace.End();
        Assert.That((second.Rows.Count, second.Rows[0].Tick, second.ErrorReport), Is.EqualTo((1, 0u, (ErrorReport?)null)));
    }

    [TestCase(3, 1, false, "1+2s")]
    [TestCase(2, 7, false, "1 8s")]
    [TestCase(2, 1, true, "1 3s")]
    [TestCase(600, 1, false, "1+510 512+88s")]
    public void A_row_is_a_run_of_blocks(int count, int step, bool leavesOneOut, string expected)
    {
        var transfer = new Transfer(new MemoryContent(new byte[1]), 1024);
        RunningTrace.Said(Emission.Blocks(_peer, transfer, 1, count, 100, false, step, leavesOneOut: leavesOneOut), Start);
        var trace = _trace.End();
        var told = trace.Rows.Skip(1).Select(static row => $"{row.Block.Value}{(row.Count > 1 ? $"+{row.Count - 1}" : "")}{(row.EndsShort ? "s" : "")}");
        Assert.That((string.Join(' ', told), trace.BlockSize, trace.ShortLength), Is.EqualTo((expected, 1024, 100)));
    }

    [Test]
    public void Says_what_was_acknowledged_since_the_last_time()
    {
        _peer.AcknowledgedBytes = 1024;
        var error = Emission.Error(_peer, new ErrorReport(ErrorCode.NotDefined, "x"));
        Assert.That((RunningTrace.Said(error, Start), RunningTrace.Said(error, Start)), Is.EqualTo((1024L, 0L)));
    }

    [Test]
    public void Costs_no_allocation_a_datagram()
    {
        Hear(200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Hear(1000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private void Hear(int count)
    {
        for (var number = 1; number <= count; number++) RunningTrace.Heard(_peer, Packet.OfAcknowledgment(new BlockNumber((ushort)number)), Start);
    }
}
