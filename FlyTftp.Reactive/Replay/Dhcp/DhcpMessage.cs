using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace FlyTftp.Reactive.Replay.Dhcp;

/// <summary>What a BOOTP or DHCP message says about booting (RFC 951, 2131, 2132, 4578).</summary>
/// <remarks>
/// <code>
/// offset  0    1                4     8            12       16       20       24       28       44     108    236      240
///        | op | hardware, hops | xid | secs, flags | ciaddr | yiaddr | siaddr | giaddr | chaddr | sname | file | cookie | options
/// </code>
/// </remarks>
/// <param name="Type">By option 53; 0: BOOTP.</param>
/// <param name="Machine">Its hardware address.</param>
/// <param name="Address">The client's; 0: none is given.</param>
internal sealed record DhcpMessage(bool IsReply, byte Type, string Machine, uint Address, string? By, string? Server, string? File, int? Architecture)
{
    public const byte Offer = 2, Acknowledgment = 5;

    private const int HeaderLength = 240;
    private const uint Cookie = 0x6382_5363;

    public static DhcpMessage? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength || bytes[0] is not (1 or 2) || BinaryPrimitives.ReadUInt32BigEndian(bytes[236..]) != Cookie) return null;
        var options = bytes[HeaderLength..];
        var overload = Option(options, 52) is [var value] ? value : (byte)0;
        var given = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        // Where options run on in the fields, they hold no names.
        var file = Text(Option(options, 67)) ?? ((overload & 1) == 0 ? Text(bytes[108..236]) : null);
        var named = Text(Option(options, 66));
        // A name cannot be compared with the address that is asked; siaddr can.
        var server = named is not null && IPAddress.TryParse(named, out _) ? named : Address4(bytes[20..24]) ?? named ?? ((overload & 2) == 0 ? Text(bytes[44..108]) : null);
        return new DhcpMessage(
            bytes[0] == 2, Option(options, 53) is [var type] ? type : (byte)0, Convert.ToHexString(bytes[28..34]),
            given != 0 ? given : BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), Address4(Option(options, 54)), server, file,
            Option(options, 93) is [var high, var low, ..] ? high << 8 | low : null)
        { HasGivenAddress = given != 0 };
    }

    /// <summary>An address is leased by it, and not only a file named.</summary>
    public bool HasGivenAddress { get; private init; }

    private static ReadOnlySpan<byte> Option(ReadOnlySpan<byte> options, byte code)
    {
        while (options.Length >= 2 && options[0] != 255)
        {
            if (options[0] == 0)
            {
                options = options[1..];
                continue;
            }

            var length = Math.Min(options[1], options.Length - 2);
            if (options[0] == code) return options.Slice(2, length);
            options = options[(2 + length)..];
        }

        return [];
    }

    private static string? Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        return text.Length == 0 ? null : text;
    }

    private static string? Address4(ReadOnlySpan<byte> bytes) => bytes is [0, 0, 0, 0] or not [_, _, _, _] ? null : new IPAddress(bytes).ToString();
}
