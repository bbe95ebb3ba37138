using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay.Simulation;

/// <summary>What a client sends through: one of its ports, on its link.</summary>
internal sealed class ClientPort(Flow flow, string owner, IObserver<Datagram> uplink, LinkLedger ledger, Referee referee)
{
    private const int LongestRubbish = 40;

    public Flow Flow => flow;

    public LinkLedger Ledger => ledger;

    public void Send(Request request)
    {
        var octets = new byte[Request.MaxLength];
        Send(octets.AsMemory(0, PacketWriter.WriteRequest(octets, Opcode.ReadRequest, request)));
    }

    public void Send(ErrorReport report)
    {
        var octets = new byte[PacketWriter.LengthOf(report)];
        PacketWriter.WriteError(octets, report);
        Send(octets);
    }

    public void Acknowledge(long index)
    {
        var octets = new byte[PacketReader.DataOffset];
        PacketWriter.WriteAcknowledgment(octets, BlockNumber.Of(index));
        Send(octets);
    }

    /// <summary>Octets that are no packet at all: without a zero, nothing in them has an end.</summary>
    public void SendRubbish(SeededRandom chance)
    {
        var octets = new byte[chance.Between(0, LongestRubbish)];
        foreach (ref var octet in octets.AsSpan()) octet = (byte)chance.Between(1, byte.MaxValue);
        Send(octets);
    }

    /// <summary>The host's network stack says that nobody listens here.</summary>
    public void SendUnreachable() => uplink.OnNext(new Datagram(flow, default, IsUnreachable: true));

    public void Fail(string what) => referee.Fail($"{owner} at {flow.Remote} {what}");

    private void Send(ReadOnlyMemory<byte> octets) => uplink.OnNext(new Datagram(flow, octets));
}
