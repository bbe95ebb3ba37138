using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace FlyTftp.Reactive.Protocol;

/// <summary>
/// Parses a datagram. Any bytes at all give a <see cref="Packet"/>; nothing throws. Allocates for requests, ERRORs and OACKs only.
/// </summary>
/// <remarks>
/// <code>
///            2 bytes   string    1   string  1   string   1   string   1
/// RRQ, WRQ  | 1 or 2 | file name | 0 |  mode | 0 | option 1 | 0 | value 1 | 0 | …     RFC 1350 §5, RFC 2347 §2
///
///            2 bytes   2 bytes    n bytes
/// DATA      |   3    |  block #  |   data   |
/// ACK       |   4    |  block #  |
///
///            2 bytes   2 bytes     string   1
/// ERROR     |   5    | error code | message | 0 |
///
///            2 bytes   string   1   string   1
/// OACK      |   6    | option 1 | 0 | value 1 | 0 | …                                  RFC 2347 §3
/// </code>
/// </remarks>
public static class PacketReader
{
    // What nearly all requests are made of, as it is mostly spelled.
    private static readonly string[] Words =
        ["octet", "netascii", OptionSet.BlockSize, OptionSet.TransferSize, OptionSet.Timeout, OptionSet.WindowSize];

    /// <summary>Bytes before the payload of a DATA packet.</summary>
    public const int DataOffset = 4;

    public static Packet Read(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 2) return Packet.OfMalformation("shorter than an opcode");
        var rest = datagram[2..];
        switch ((Opcode)BinaryPrimitives.ReadUInt16BigEndian(datagram))
        {
            case Opcode.Acknowledgment when rest.Length >= 2:
                // Some ROMs pad their ACKs to the shortest Ethernet frame: what follows the number is not looked at.
                return Packet.OfAcknowledgment(ReadBlock(rest));
            case Opcode.Data when rest.Length >= 2:
                return Packet.OfData(ReadBlock(rest));
            case Opcode.Error when rest.Length >= 2:
                return Packet.OfError(ReadError(rest));
            case Opcode.Acknowledgment or Opcode.Data or Opcode.Error:
                return Packet.OfMalformation("cut off after the opcode");
            case Opcode.OptionAcknowledgment:
                return Packet.OfOptionAcknowledgment(ReadOptions(rest));
            case Opcode.ReadRequest:
                return ReadRequest(PacketKind.ReadRequest, datagram);
            case Opcode.WriteRequest:
                return ReadRequest(PacketKind.WriteRequest, datagram);
            default:
                return ReadRequest(PacketKind.UnknownRequest, datagram);
        }
    }

    /// <summary>
    /// The packet that stands for ICMP port unreachable, from what it quotes of the datagram that was not delivered. RFC 792 asks for no
    /// more of that than the ports; without a quote anything may be meant.
    /// </summary>
    public static Packet ReadUnreachable(ReadOnlySpan<byte> quote)
    {
        if (quote.Length < DataOffset) return Packet.Unreachable;
        return Read(quote) switch
        {
            { Kind: PacketKind.Data or PacketKind.OptionAcknowledgment } sent => Packet.OfUnreachable(sent.Block),
            { Kind: PacketKind.Error } => Packet.Unreachable,
            _ => Packet.OfMalformation("ICMP quotes what no server sends"),
        };
    }

    /// <summary>
    /// The packet that stands for ICMP fragmentation needed or packet too big, from what it quotes of the datagram that was too large. Anybody could send
    /// one that quotes less than a block's number.
    /// </summary>
    /// <param name="mtu">Bytes that the link takes, headers included.</param>
    public static Packet ReadTooBig(ReadOnlySpan<byte> quote, int mtu) => Read(quote) is { Kind: PacketKind.Data } sent
        ? Packet.OfTooBig(sent.Block, mtu)
        : Packet.OfMalformation("ICMP quotes no block");

    private static BlockNumber ReadBlock(ReadOnlySpan<byte> rest) => new(BinaryPrimitives.ReadUInt16BigEndian(rest));

    private static ErrorReport ReadError(ReadOnlySpan<byte> rest)
    {
        var code = (ErrorCode)BinaryPrimitives.ReadUInt16BigEndian(rest);
        var message = rest[2..];
        // A message that lacks its end is taken as far as it goes: the code is what counts.
        var end = message.IndexOf((byte)0);
        message = end < 0 ? message : message[..end];
        return new ErrorReport(code, Encoding.UTF8.GetString(message[..Math.Min(message.Length, ErrorReport.MaxMessageLength)]));
    }

    /// <summary>
    /// An RRQ is always a request, so that its sender is told what is wrong with it: what it lacks is empty, and what is beyond
    /// <see cref="Request.MaxLength"/> is not looked at. Of other opcodes only what is whole is one.
    /// </summary>
    private static Packet ReadRequest(PacketKind kind, ReadOnlySpan<byte> datagram)
    {
        var rest = datagram[2..Math.Min(datagram.Length, Request.MaxLength)];
        var isWhole = TakeString(ref rest, out var name) & TakeString(ref rest, out var mode);
        if (kind != PacketKind.ReadRequest)
        {
            if (!isWhole) return Packet.OfMalformation("a request that is cut off");
            if (name.IsEmpty || mode.IsEmpty) return Packet.OfMalformation("a request without a name or a mode");
        }

        return Packet.OfRequest(kind, new Request(ByteText.Read(name), ReadWord(mode), ReadAsked(rest)));
    }

    /// <summary>
    /// As <see cref="ReadOptions"/>, but nothing is kept that nobody needs, since a request lasts as long as its session: the first option of each name that an
    /// RFC knows, and a few others.
    /// </summary>
    private static OptionSet ReadAsked(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty) return OptionSet.Empty;
        List<TransferOption>? found = null;
        var unknown = 0;
        for (var pairs = 0; pairs < OptionSet.MaxCount && TryReadString(ref rest, out var name) && name.Length > 0 && TryReadString(ref rest, out var value); pairs++)
        {
            var isKnown = OptionSet.IsKnown(name);
            if (!isKnown && (unknown >= OptionSet.UnknownMax || name.Length + value.Length > OptionSet.UnknownLengthMax)) continue;
            if (!isKnown) unknown++;
            var option = new TransferOption(ReadWord(name), ReadValue(value[..Math.Min(value.Length, OptionSet.UnknownLengthMax)]));
            if (found?.Exists(earlier => earlier.Is(option.Name)) == true) continue;
            (found ??= new List<TransferOption>(4)).Add(option);
        }

        return found is null ? OptionSet.Empty : new OptionSet([.. found]);
    }

    // Of small numbers, written as they mostly are, the framework has one object for all.
    private static string ReadValue(ReadOnlySpan<byte> text) =>
        text.Length is 1 or 2 && Utf8Parser.TryParse(text, out byte number, out var length) && length == text.Length && (text.Length == 1 || number >= 10)
            ? number.ToString(CultureInfo.InvariantCulture)
            : Encoding.UTF8.GetString(text);

    /// <summary>One object for all who say the same.</summary>
    private static string ReadWord(ReadOnlySpan<byte> text)
    {
        foreach (var word in Words)
        {
            if (Ascii.Equals(text, word)) return word;
        }

        return Encoding.UTF8.GetString(text);
    }

    /// <summary>
    /// Whole pairs only. Padding and a pair that is cut off at the end are passed over, as old ROMs send both, and so is what comes after the first
    /// <see cref="OptionSet.MaxCount"/> pairs.
    /// </summary>
    private static OptionSet ReadOptions(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty) return OptionSet.Empty;
        var found = new List<TransferOption>();
        while (found.Count < OptionSet.MaxCount
            && TryReadString(ref rest, out var name) && name.Length > 0 && TryReadString(ref rest, out var value))
        {
            found.Add(new TransferOption(Encoding.UTF8.GetString(name), Encoding.UTF8.GetString(value)));
        }

        return found.Count > 0 ? new OptionSet([.. found]) : OptionSet.Empty;
    }

    /// <summary>As far as it goes; <c>false</c>: its end is missing.</summary>
    private static bool TakeString(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        if (TryReadString(ref rest, out text)) return true;
        text = rest;
        rest = default;
        return false;
    }

    private static bool TryReadString(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        var end = rest.IndexOf((byte)0);
        if (end < 0)
        {
            text = default;
            return false;
        }

        text = rest[..end];
        rest = rest[(end + 1)..];
        return true;
    }
}
