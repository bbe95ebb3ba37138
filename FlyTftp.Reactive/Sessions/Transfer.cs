using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Sessions;

/// <summary>What the edge needs in order to write a block: where the bytes come from, and how many of them a DATA packet carries.</summary>
public sealed record Transfer(IContent Content, int BlockSize)
{
    /// <summary>Writes DATA <paramref name="index"/> (1 is the first). The content's last load must have brought its bytes.</summary>
    /// <returns>Bytes written, header included.</returns>
    public int WriteBlock(long index, Span<byte> destination)
    {
        var header = PacketWriter.WriteDataHeader(destination, BlockNumber.Of(index));
        return header + Content.CopyTo((index - 1) * BlockSize, destination.Slice(header, BlockSize));
    }
}
