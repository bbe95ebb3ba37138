using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Server.Loop;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

public sealed class SessionTraceTests
{
    private static readonly DateTimeOffset Start = RecordedServer.Epoch;

    private readonly Peer _peer = UdpClients.PeerOf(RecordedServer.FlowOf(2070));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(31)]
    [TestCase(32)]
    [TestCase(33)]
    [TestCase(64)]
    [TestCase(128)]
    public void Keeps_every_row_of_a_short_session(int count)
    {
        var rows = Filled(count).ToRows(out var firstOfRest);
        Assert.That(rows.Select(static row => (int)row.Block), Is.EqualTo(Enumerable.Range(0, count)));
        Assert.That(firstOfRest, Is.EqualTo(count));
    }

    [TestCase(129)]
    [TestCase(1000)]
    public void Keeps_the_beginning_and_the_end_of_a_long_one(int count)
    {
        var trace = Filled(count);
        var rows = trace.ToRows(out var firstOfRest);
        Assert.That(rows.Select(static row => (int)row.Block), Is.EqualTo(Enumerable.Range(0, 32).Concat(Enumerable.Range(count - 96, 96))));
        Assert.That((firstOfRest, trace.LeftOut), Is.EqualTo((32, count - 128)));
        Assert.That(trace.Memory, Is.EqualTo(128 * TraceRow.Size));
    }

    [Test]
    public void Tells_times_in_its_resolution_and_clamps_what_is_too_late()
    {
        var trace = new SessionTrace(_peer, Start);
        trace.Heard(PacketKind.ReadRequest, default, Start);
        trace.Heard(PacketKind.Acknowledgment, new BlockNumber(7), Start + TimeSpan.FromMicroseconds(1234));
        trace.Heard(PacketKind.Acknowledgment, new BlockNumber(8), Start + TimeSpan.FromDays(30));
        Assert.That(trace.ToRows(out _).Select(static row => row.Tick), Is.EqualTo(new[] { 0u, 123u, uint.MaxValue }));
    }

    [Test]
    public void Costs_no_allocation_a_datagram()
    {
        var trace = Filled(200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 0; number < 1000; number++) trace.Heard(PacketKind.Acknowledgment, new BlockNumber(1), Start);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private SessionTrace Filled(int count)
    {
        var trace = new SessionTrace(_peer, Start);
        for (var number = 0; number < count; number++) trace.Heard(PacketKind.Acknowledgment, new BlockNumber((ushort)number), Start);
        return trace;
    }
}
