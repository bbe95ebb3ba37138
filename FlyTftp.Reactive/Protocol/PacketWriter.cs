using System.Buffers.Binary;

namespace FlyTftp.Reactive.Protocol;

/// <summary>
/// Writes packets, laid out as <see cref="PacketReader"/> draws them. Each method returns the packet's length in bytes and
/// throws <see cref="ArgumentException"/> when it does not fit: every text is counted before the first byte is written.
/// </summary>
public static class PacketWriter
{
    /// <summary>Bytes that hold any packet of this server but DATA: an OACK repeats at most what a request asked, with longer numbers.</summary>
    public const int MaxControlLength = Request.MaxLength + OptionSet.MaxCount * 20;

    /// <summary>Writes the four bytes that stand before a block's payload.</summary>
    public static int WriteDataHeader(Span<byte> destination, BlockNumber block) => WriteNumbered(destination, Opcode.Data, block.Value);

    public static int WriteAcknowledgment(Span<byte> destination, BlockNumber block) =>
        WriteNumbered(destination, Opcode.Acknowledgment, block.Value);

    public static int WriteError(Span<byte> destination, ErrorReport report)
    {
        Demand(destination, LengthOf(report));
        var length = WriteNumbered(destination, Opcode.Error, (ushort)report.Code);
        return length + WriteString(destination[length..], report.Message);
    }

    public static int WriteOptionAcknowledgment(Span<byte> destination, OptionSet options)
    {
        Demand(destination, LengthOf(options));
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)Opcode.OptionAcknowledgment);
        return 2 + WriteOptions(destination[2..], options);
    }

    /// <summary>For the client side: <paramref name="opcode"/> is RRQ, or whatever a test wants to ask.</summary>
    public static int WriteRequest(Span<byte> destination, Opcode opcode, Request request)
    {
        Demand(destination, LengthOf(request.Options) + LengthOf(request.FileName) + LengthOf(request.Mode));
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)opcode);
        var length = 2;
        length += WriteString(destination[length..], request.FileName);
        length += WriteString(destination[length..], request.Mode);
        return length + WriteOptions(destination[length..], request.Options);
    }

    /// <summary>Bytes of the ERROR packet.</summary>
    public static int LengthOf(ErrorReport report) => 4 + LengthOf(report.Message);

    /// <summary>Bytes of the OACK packet.</summary>
    public static int LengthOf(OptionSet options) => 2 + options.Sum(option => LengthOf(option.Name) + LengthOf(option.Value));

    private static int WriteNumbered(Span<byte> destination, Opcode opcode, ushort number)
    {
        Demand(destination, 4);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)opcode);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], number);
        return 4;
    }

    private static int WriteOptions(Span<byte> destination, OptionSet options)
    {
        var length = 0;
        foreach (var option in options)
        {
            length += WriteString(destination[length..], option.Name);
            length += WriteString(destination[length..], option.Value);
        }

        return length;
    }

    private static int WriteString(Span<byte> destination, string text)
    {
        var length = ByteText.Write(text, destination);
        destination[length] = 0;
        return length + 1;
    }

    private static int LengthOf(string text) => ByteText.LengthOf(text) + 1;

    private static void Demand(Span<byte> destination, int length)
    {
        if (destination.Length < length)
            throw new ArgumentException($"A packet of {length} bytes does not fit into {destination.Length}.", nameof(destination));
    }
}
