using System.Text;
using CsCheck;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Tests.Protocol;

/// <summary>Generators of what may stand in packets.</summary>
internal static class ProtocolGen
{
    /// <summary>Text that can stand on the wire: no NUL, no half of a surrogate pair.</summary>
    public static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789./\\-_ "], 0, 24],
        Gen.Char.Array[0, 24].Select(characters => new string(
            Array.FindAll(characters, character => character != '\0' && !char.IsSurrogate(character)))));

    public static readonly Gen<string> Name = Text.Where(text => text.Length > 0);

    public static readonly Gen<OptionSet> Options =
        Gen.Select(Name, Text, (name, value) => new TransferOption(name, value)).Array[0, OptionSet.MaxCount].Select(options => new OptionSet(options));

    /// <summary>Of a request, all of which are kept.</summary>
    private static readonly Gen<OptionSet> KeptOptions = Gen.Select(
        Gen.Select(Gen.OneOf(Cased(OptionSet.BlockSize), Cased(OptionSet.Timeout), Cased(OptionSet.TransferSize)), Text, (name, value) => new TransferOption(name, value))
            .Array[0, 3],
        Gen.Select(Name, Text, (name, value) => new TransferOption(name, value)).Array[0, OptionSet.UnknownMax],
        (known, unknown) => new OptionSet([.. known.Concat(unknown)
            .Where(option => Encoding.UTF8.GetByteCount(option.Name) + Encoding.UTF8.GetByteCount(option.Value) <= OptionSet.UnknownLengthMax)
            .DistinctBy(option => option.Name, StringComparer.OrdinalIgnoreCase)]));

    public static readonly Gen<Request> Requests = Gen.Select(Name, Gen.OneOf(Gen.Const("octet"), Name), KeptOptions)
        .Select((name, mode, options) => new Request(name, mode, options))
        .Where(request => Encoding.UTF8.GetByteCount(request.FileName) <= Request.MaxFileNameLength && LengthOf(request) <= Request.MaxLength);

    private static readonly Gen<string> OptionName = Gen.OneOf(
        Cased(OptionSet.BlockSize), Cased(OptionSet.TransferSize), Cased(OptionSet.Timeout), Cased(OptionSet.WindowSize),
        Gen.OneOf("utimeout", "rollover", "multicast", "blksize2", " blksize", "tsize "));

    private static readonly Gen<string> OptionValue = Gen.OneOf(
        Gen.Int[0, 300].Select(number => $"{number}"),
        Gen.Int[0, 70_000].Select(number => $"{number}"),
        Gen.OneOf("0", "1", "7", "8", "255", "256", "512", "65464", "65465", "65535", "65536", "0512", "00000000000000001"),
        Gen.OneOf("", "-1", "+8", " 8", "8 ", "8.0", "8e2", "0x200", "٣", "1432\u0661", "999999999999999999", "1000000000000000000",
            "18446744073709551616", "99999999999999999999999999999999"));

    /// <summary>What clients ask, and what they should not.</summary>
    public static readonly Gen<OptionSet> AskedOptions =
        Gen.Select(OptionName, OptionValue, (name, value) => new TransferOption(name, value)).Array[0, 8].Select(options => new OptionSet(options));

    public static readonly Gen<NegotiationLimits> Limits = Gen.Select(
        Gen.OneOf(Gen.Int[8, 65464], Gen.OneOf(512, 1372, 1468, 65464)), Gen.Int[1, 100], Gen.Int[1, 200_000],
        (blockSize, windowSize, windowBytes) => new NegotiationLimits(blockSize, windowSize, windowBytes));

    public static int LengthOf(Request request) => PacketWriter.LengthOf(request.Options)
        + Encoding.UTF8.GetByteCount(request.FileName) + 1 + Encoding.UTF8.GetByteCount(request.Mode) + 1;

    private static Gen<string> Cased(string name) => Gen.Bool.Array[name.Length]
        .Select(upper => string.Concat(name.Select((letter, index) => upper[index] ? char.ToUpperInvariant(letter) : letter)));
}
