using System.Globalization;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>
/// Packets as a test writes them: <c>RRQ name octet blksize=1428 tsize=0</c>, <c>ACK 3</c>, <c>ERROR 0 closed</c>, <c>unreachable</c>, or bytes in
/// hexadecimal: <c>00 04 00</c>.
/// </summary>
internal static class PacketScript
{
    public const string Unreachable = "unreachable";

    public static byte[] Encode(string packet)
    {
        var words = packet.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var bytes = new byte[PacketWriter.MaxControlLength + TransferParameters.MaxBlockSize];
        var length = words[0] switch
        {
            "RRQ" => PacketWriter.WriteRequest(bytes, Opcode.ReadRequest, Request(words)),
            "WRQ" => PacketWriter.WriteRequest(bytes, Opcode.WriteRequest, Request(words)),
            "OPCODE9" => PacketWriter.WriteRequest(bytes, (Opcode)9, Request(words)),
            "ACK" => PacketWriter.WriteAcknowledgment(bytes, new BlockNumber(Number(words[1]))),
            "DATA" => PacketWriter.WriteDataHeader(bytes, new BlockNumber(Number(words[1]))),
            "ERROR" => PacketWriter.WriteError(bytes, new ErrorReport((ErrorCode)Number(words[1]), string.Join(' ', words[2..]))),
            "OACK" => PacketWriter.WriteOptionAcknowledgment(bytes, Options(words[1..])),
            _ => Hexadecimal(words, bytes),
        };
        return bytes[..length];
    }

    private static Request Request(string[] words) => new(words[1], words[2], Options(words[3..]));

    private static OptionSet Options(string[] words) =>
        new([.. words.Select(word => word.Split('=')).Select(pair => new TransferOption(pair[0], pair[1]))]);

    private static ushort Number(string word) => ushort.Parse(word, CultureInfo.InvariantCulture);

    private static int Hexadecimal(string[] words, byte[] bytes)
    {
        var parsed = Convert.FromHexString(string.Concat(words));
        parsed.CopyTo(bytes, 0);
        return parsed.Length;
    }
}
