using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Simulation.Links;
using FlyTftp.Reactive.Simulation.Rules;

namespace FlyTftp.Reactive.Simulation.Clients;

/// <summary>What a client sends through: one of its ports, on its link.</summary>
internal sealed class ClientPort(Flow flow, string owner, IObserver<Datagram> uplink, LinkLedger ledger, Referee referee)
{
    private const int LongestRubbish = 40;

    public Flow Flow => flow;

    public LinkLedger Ledger => ledger;

    public void Send(Request request)
    {
        var bytes = new byte[Request.MaxLength];
        Send(bytes.AsMemory(0, PacketWriter.WriteRequest(bytes, Opcode.ReadRequest, request)));
    }

    public void Send(ErrorReport report)
    {
        var bytes = new byte[PacketWriter.LengthOf(report)];
        PacketWriter.WriteError(bytes, report);
        Send(bytes);
    }

    public void Acknowledge(long index)
    {
        var bytes = new byte[PacketReader.DataOffset];
        PacketWriter.WriteAcknowledgment(bytes, BlockNumber.Of(index));
        Send(bytes);
    }

    /// <summary>Bytes that are no packet at all: without a zero, nothing in them has an end.</summary>
    public void SendRubbish(SeededRandom chance)
    {
        var bytes = new byte[chance.Between(0, LongestRubbish)];
        foreach (ref var octet in bytes.AsSpan()) octet = (byte)chance.Between(1, byte.MaxValue);
        Send(bytes);
    }

    /// <summary>The host's network stack says that nobody listens here.</summary>
    public void SendUnreachable() => uplink.OnNext(new Datagram(flow, default, IsUnreachable: true));

    public void Fail(string what) => referee.Fail($"{owner} at {flow.Remote} {what}");

    private void Send(ReadOnlyMemory<byte> bytes) => uplink.OnNext(new Datagram(flow, bytes));
}
