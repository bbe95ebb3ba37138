using CsCheck;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class PacketWriterTests
{
    [Test]
    public void Writes_a_data_header() => Assert.That(Written(space => PacketWriter.WriteDataHeader(space, BlockNumber.Of(0x1234))), Is.EqualTo("\0\u0003\u00124"u8.ToArray()));

    [Test]
    public void Writes_an_ACK() => Assert.That(Written(space => PacketWriter.WriteAcknowledgment(space, BlockNumber.Of(7))), Is.EqualTo("\0\u0004\0\u0007"u8.ToArray()));

    [Test]
    public void Writes_an_ERROR() => Assert.That(
        Written(space => PacketWriter.WriteError(space, new ErrorReport(ErrorCode.FileNotFound, "file not found"))),
        Is.EqualTo("\0\u0005\0\u0001file not found\0"u8.ToArray()));

    [Test]
    public void Writes_an_OACK() => Assert.That(
        Written(space => PacketWriter.WriteOptionAcknowledgment(space, new OptionSet(new("blksize", "1428"), new("tsize", "42")))),
        Is.EqualTo("\0\u0006blksize\01428\0tsize\042\0"u8.ToArray()));

    [Test]
    public void Writes_a_request() => Assert.That(
        Written(space => PacketWriter.WriteRequest(space, Opcode.ReadRequest, new Request("größe", "octet", new OptionSet(new TransferOption("tsize", "0"))))),
        Is.EqualTo("\0\u0001größe\0octet\0tsize\00\0"u8.ToArray()));

    [Test]
    public void A_request_is_read_as_it_was_written() => ProtocolGen.Requests.Sample(request =>
    {
        var packet = PacketReader.Read(Written(space => PacketWriter.WriteRequest(space, Opcode.ReadRequest, request)));
        return packet.Kind == PacketKind.ReadRequest && packet.Request.Equals(request);
    });

    [Test]
    public void An_OACK_is_read_as_it_was_written() => ProtocolGen.Options.Sample(options =>
    {
        var bytes = Written(space => PacketWriter.WriteOptionAcknowledgment(space, options));
        var packet = PacketReader.Read(bytes);
        return bytes.Length == PacketWriter.LengthOf(options) && packet.Kind == PacketKind.OptionAcknowledgment && packet.Options.Equals(options);
    });

    [Test]
    public void An_ERROR_is_read_as_it_was_written() => Gen.Select(Gen.UShort, ProtocolGen.Text).Sample((code, text) =>
    {
        var report = new ErrorReport((ErrorCode)code, text);
        var bytes = Written(space => PacketWriter.WriteError(space, report));
        return bytes.Length == PacketWriter.LengthOf(report) && PacketReader.Read(bytes).ErrorReport == report;
    });

    [Test]
    public void DATA_and_ACK_are_read_as_they_were_written() => Gen.UShort.Sample(number =>
        PacketReader.Read(Written(space => PacketWriter.WriteDataHeader(space, new BlockNumber(number)))).Block.Value == number
        && PacketReader.Read(Written(space => PacketWriter.WriteAcknowledgment(space, new BlockNumber(number)))).Block.Value == number);

    [Test]
    public void Writes_nothing_at_all_where_not_everything_fits() => Gen.Select(ProtocolGen.Requests, Gen.Int[1, 40]).Sample((request, missing) =>
    {
        var space = new byte[Math.Max(0, ProtocolGen.LengthOf(request) - missing)];
        return Refuses(() => PacketWriter.WriteRequest(space, Opcode.ReadRequest, request)) && !space.AsSpan().ContainsAnyExcept((byte)0);
    });

    [Test]
    public void Writes_nothing_of_an_OACK_that_does_not_fit() => Gen.Select(ProtocolGen.Options, Gen.Int[1, 40]).Sample((options, missing) =>
    {
        var space = new byte[Math.Max(0, PacketWriter.LengthOf(options) - missing)];
        return Refuses(() => PacketWriter.WriteOptionAcknowledgment(space, options)) && !space.AsSpan().ContainsAnyExcept((byte)0);
    });

    [Test]
    public void Any_OACK_that_can_be_granted_fits_into_the_room_for_control_packets() =>
        Gen.Select(ProtocolGen.AskedOptions, ProtocolGen.Limits).Sample((asked, limits) =>
            PacketWriter.LengthOf(Negotiation.Grant(asked, limits, long.MaxValue).Granted) <= PacketWriter.MaxControlLength);

    private delegate int Writer(Span<byte> space);

    private static byte[] Written(Writer write)
    {
        var space = new byte[4096];
        return space[..write(space)];
    }

    private static bool Refuses(Action write)
    {
        try
        {
            write();
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
