using System.Globalization;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Ladders;

/// <summary>What is to be said of a datagram beyond what it is. Each has a colour and a shape of its own in the picture.</summary>
internal enum LadderMark : byte
{
    None,

    /// <summary>The same was sent before: a retransmission, a request or an ACK once more.</summary>
    Repeat,

    /// <summary>It was sent and never arrived. Only a simulator knows.</summary>
    Lost,

    /// <summary>Sent once, it arrived again. Only a simulator knows.</summary>
    Duplicate,

    /// <summary>The first datagram in which one server differs from another.</summary>
    Difference,

    /// <summary>It is not in the capture and must have been there.</summary>
    Inferred,

    /// <summary>The capture has its header only.</summary>
    NotCaptured,
}

/// <summary>One datagram of a session: an arrow between the two lanes.</summary>
/// <param name="At">Since the beginning of the capture or the run, the same for all its sessions.</param>
/// <param name="Block">Of DATA and ACK.</param>
/// <param name="Length">Bytes of UDP payload; of DATA without its header.</param>
/// <param name="Text">The packet in the RFC's words, where kind, block and length do not say it all.</param>
internal readonly record struct LadderStep(
    TimeSpan At, bool IsFromClient, PacketKind Kind, BlockNumber Block, int Length, LadderMark Mark, string? Text)
{
    /// <summary>As on the arrow.</summary>
    public string Label => Text ?? (Kind == PacketKind.Data
        ? string.Create(CultureInfo.InvariantCulture, $"DATA {Block} ({Length} bytes)")
        : $"ACK {Block}");

    /// <summary>What a datagram looks like on a ladder.</summary>
    public static LadderStep Of(TimeSpan at, bool isFromClient, in Packet packet, int length, LadderMark mark) => packet.Kind switch
    {
        PacketKind.Data => new(at, isFromClient, packet.Kind, packet.Block, length - PacketReader.DataOffset, mark, null),
        PacketKind.Acknowledgment => new(at, isFromClient, packet.Kind, packet.Block, length, mark, null),
        _ => new(at, isFromClient, packet.Kind, default, length, mark, packet.ToString()),
    };
}
