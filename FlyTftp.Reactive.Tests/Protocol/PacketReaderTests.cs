using System.Text;
using CsCheck;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class PacketReaderTests
{
    [TestCase("00 01 61 00 6f 63 74 65 74 00", "RRQ \"a\" octet")]
    [TestCase("00 02 61 00 6f 63 74 65 74 00", "WRQ \"a\" octet")]
    [TestCase("00 07 61 00 6f 63 74 65 74 00", "request of unknown opcode \"a\" octet")]
    [TestCase("00 03 00 05", "DATA 5")]
    [TestCase("00 03 00 05 ff ff ff", "DATA 5")]
    [TestCase("00 04 ff ff", "ACK 65535")]
    [TestCase("00 05 00 08 6e 6f 00", "ERROR 8 \"no\"")]
    [TestCase("00 05 ff ff 00", "ERROR 65535 \"\"")]
    [TestCase("00 06 62 00 38 00", "OACK b=8")]
    [TestCase("00 06", "OACK ")]
    public void Reads_what_the_RFCs_draw(string bytes, string shown) => Assert.That(Read(bytes).ToString(), Is.EqualTo(shown));

    [TestCase("00 04 00 07 00 00 00 00 00 00", "ACK 7", Description = "padded to an Ethernet frame")]
    [TestCase("00 05 00 00", "ERROR 0 \"\"", Description = "no message at all")]
    [TestCase("00 05 00 00 6e 6f", "ERROR 0 \"no\"", Description = "a message without its end")]
    [TestCase("00 01 61 00 62 00 00 00 00", "RRQ \"a\" b", Description = "a request padded with NULs")]
    [TestCase("00 01 61 00 62 00 63 00", "RRQ \"a\" b", Description = "an option without a value")]
    [TestCase("00 01 61 00 62 00 63 00 38", "RRQ \"a\" b", Description = "a value without its end")]
    [TestCase("00 01 61 00 62 00 63 00 00", "RRQ \"a\" b c=", Description = "an empty value")]
    [TestCase("00 01 ff 00 62 00", "RRQ \"\\xFF\" b", Description = "a name that is no UTF-8")]
    [TestCase("00 01 61 00 6f 63 74 65 74", "RRQ \"a\" octet", Description = "a mode without its end")]
    [TestCase("00 01 00 6f 00", "RRQ \"\" o", Description = "an empty name")]
    [TestCase("00 01 61 00 00", "RRQ \"a\" ", Description = "an empty mode")]
    [TestCase("00 01 61 00", "RRQ \"a\" ", Description = "no mode")]
    [TestCase("00 01 61 62", "RRQ \"ab\" ", Description = "a name without its end")]
    [TestCase("00 01", "RRQ \"\" ", Description = "nothing but an opcode")]
    public void Puts_up_with_what_ROMs_send(string bytes, string shown) => Assert.That(Read(bytes).ToString(), Is.EqualTo(shown));

    [TestCase("", "shorter than an opcode")]
    [TestCase("00", "shorter than an opcode")]
    [TestCase("00 04", "cut off after the opcode")]
    [TestCase("00 03 01", "cut off after the opcode")]
    [TestCase("00 05 00", "cut off after the opcode")]
    [TestCase("00 02", "a request that is cut off")]
    [TestCase("00 02 61 62", "a request that is cut off")]
    [TestCase("00 02 00 6f 00", "a request without a name or a mode")]
    [TestCase("00 02 61 00", "a request that is cut off")]
    [TestCase("00 02 61 00 6f", "a request that is cut off")]
    [TestCase("00 02 61 00 00", "a request without a name or a mode")]
    [TestCase("00 00", "a request that is cut off")]
    [TestCase("ff ff ff", "a request that is cut off")]
    public void Says_what_is_wrong(string bytes, string malformation)
    {
        var packet = Read(bytes);
        Assert.That(packet.Kind, Is.EqualTo(PacketKind.Malformed));
        Assert.That(packet.Malformation, Is.EqualTo(malformation));
    }

    [TestCase(512)]
    [TestCase(Request.MaxLength)]
    [TestCase(2000)]
    public void Of_a_request_that_is_too_long_the_beginning_counts(int length)
    {
        var request = PacketReader.Read(Encoding.Latin1.GetBytes("\0\u0001name\0octet\0tsize\00\0".PadRight(length, 'x') + "\01\0late\01\0")).Request;
        Assert.That((request.FileName, request.Mode, request.Options[0].Name), Is.EqualTo(("name", "octet", "tsize")));
        Assert.That(request.Options.Any(option => option.Is("late")), Is.EqualTo(length < Request.MaxLength));
    }

    [TestCase(OptionSet.MaxCount)]
    [TestCase(OptionSet.MaxCount + 1)]
    [TestCase(100)]
    public void Of_too_many_options_the_first_count(int count)
    {
        var options = string.Concat(Enumerable.Range(0, count).Select(number => $"o{number}\0v\0"));
        var said = PacketReader.Read(Encoding.Latin1.GetBytes($"\0\u0006{options}")).Options;
        Assert.That((said.Count, said[OptionSet.MaxCount - 1].Name), Is.EqualTo((OptionSet.MaxCount, "o15")));
    }

    [Test]
    public void Of_a_request_what_no_rfc_knows_is_kept_for_the_log_as_long_as_it_is_little() => Assert.That(
        Asked("a=1 b=2 c=3 BlkSize=1428 d=4 tsize=0 msftwindow=31416 blksize=8 timeout=5 windowsize=8"),
        Is.EqualTo("a=1 b=2 BlkSize=1428 tsize=0 timeout=5 windowsize=8"));

    [Test]
    public void An_option_that_no_rfc_knows_is_not_kept_where_it_is_long() => Assert.That(
        Asked($"long={new string('x', 29)} short={new string('x', 27)} blksize={new string('9', 40)} tsize=007"),
        Is.EqualTo($"short={new string('x', 27)} blksize={new string('9', 32)} tsize=007"));

    [TestCase(OptionSet.MaxCount - 1, "blksize=1428")]
    [TestCase(OptionSet.MaxCount, "")]
    public void Options_of_a_request_are_looked_at_up_to_a_number(int before, string expected) => Assert.That(
        Asked(string.Concat(Enumerable.Repeat($"{new string('u', 40)}=1 ", before)) + "blksize=1428"), Is.EqualTo(expected));

    private static string Asked(string options) => PacketReader.Read(
        Encoding.Latin1.GetBytes($"\0\u0001name\0octet\0{options.Replace('=', '\0').Replace(' ', '\0')}\0")).Request.Options.ToString();

    [Test]
    public void A_message_is_cut_at_its_longest_length()
    {
        var packet = PacketReader.Read(Encoding.Latin1.GetBytes($"\0\u0005\0\0{new string('x', 60_000)}\0"));
        Assert.That(packet.ErrorReport.Message, Has.Length.EqualTo(ErrorReport.MaxMessageLength));
    }

    [Test]
    public void An_ACK_costs_no_allocation()
    {
        byte[] acknowledgment = [0, 4, 0, 1];
        PacketReader.Read(acknowledgment);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0;
        for (var round = 0; round < 1000; round++) sum += PacketReader.Read(acknowledgment).Block.Value;
        Assert.That((sum, GC.GetAllocatedBytesForCurrentThread() - before), Is.EqualTo((1000, 0L)));
    }

    [Test]
    public void No_bytes_at_all_make_it_throw() => Gen.Byte.Array[0, 1100].Sample(bytes => Demand(PacketReader.Read(bytes)), iter: 20_000);

    [Test]
    public void No_mutation_of_a_packet_makes_it_throw()
    {
        const int rounds = 1_000_000;
        var seeds = Seeds();
        var random = new Random(20_261_122);
        var space = new byte[2048];
        for (var round = 0; round < rounds; round++)
        {
            var bytes = Mutate(seeds[random.Next(seeds.Length)], space, random);
            try
            {
                Demand(PacketReader.Read(bytes));
            }
            catch (Exception exception)
            {
                Assert.Fail($"{Convert.ToHexString(bytes)}: {exception}");
            }
        }
    }

    /// <summary>What holds for any packet, wherever it is from.</summary>
    private static void Demand(in Packet packet)
    {
        var holds = packet.Kind switch
        {
            PacketKind.Malformed => packet.Malformation.Length > 0,
            PacketKind.Error => packet.ErrorReport.Message.Length <= ErrorReport.MaxMessageLength,
            PacketKind.OptionAcknowledgment => packet.Options.Count <= OptionSet.MaxCount,
            PacketKind.Data or PacketKind.Acknowledgment => true,
            _ => packet.IsRequest && packet.Request.FileName.Length <= Request.MaxLength && packet.Request.Options.Count <= OptionSet.MaxCount
                && (packet.Kind == PacketKind.ReadRequest || (packet.Request.FileName.Length > 0 && packet.Request.Mode.Length > 0)),
        };
        if (!holds) throw new InvalidOperationException($"{packet.Kind} is not as promised");
    }

    private static byte[][] Seeds() =>
    [
        Encoding.Latin1.GetBytes("\0\u0001pxelinux.0\0octet\0blksize\01408\0tsize\00\0"),
        Encoding.Latin1.GetBytes("\0\u0001\\Boot\\BCD\0octet\0tsize\00\0blksize\01456\0windowsize\04\0timeout\03\0"),
        Encoding.Latin1.GetBytes("\0\u0002name\0netascii\0"),
        Encoding.Latin1.GetBytes($"\0\u0001{new string('n', 500)}\0octet\0{new string('o', 480)}\01\0"),
        Encoding.Latin1.GetBytes("\0\u0005\0\u0008User aborted\0"),
        Encoding.Latin1.GetBytes("\0\u0006blksize\01428\0tsize\042\0"),
        [0, 3, 0, 1, 1, 2, 3],
        [0, 4, 0, 1],
    ];

    private static ReadOnlySpan<byte> Mutate(byte[] seed, byte[] space, Random random)
    {
        seed.CopyTo(space, 0);
        var length = seed.Length;
        for (var strokes = random.Next(1, 5); strokes > 0; strokes--)
        {
            var place = random.Next(length + 1);
            switch (random.Next(4))
            {
                case 0:
                    space[place] = (byte)random.Next(256);
                    break;
                case 1:
                    space[place] = 0;
                    break;
                case 2:
                    length = place;
                    break;
                default:
                    var tail = random.Next(length + 1 - place);
                    space.AsSpan(place, tail).CopyTo(space.AsSpan(length));
                    length = Math.Min(length + tail, space.Length / 2);
                    break;
            }
        }

        return space.AsSpan(0, length);
    }

    private static Packet Read(string hexadecimal) => PacketReader.Read(Convert.FromHexString(hexadecimal.Replace(" ", "", StringComparison.Ordinal)));
}
