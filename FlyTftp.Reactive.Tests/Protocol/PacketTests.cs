using CsCheck;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class PacketTests
{
    private static readonly Request Request = new("boot.ipxe", "octet", OptionSet.Empty);

    private static readonly Request Asking = Request with { Options = new OptionSet(new("blksize", "1432"), new("tsize", "0")) };

    private static IEnumerable<TestCaseData<Packet, string>> Shown =>
    [
        new(Packet.OfRequest(PacketKind.ReadRequest, Request), "RRQ \"boot.ipxe\" octet"),
        new(Packet.OfRequest(PacketKind.ReadRequest, Asking), "RRQ \"boot.ipxe\" octet blksize=1432 tsize=0"),
        new(Packet.OfRequest(PacketKind.WriteRequest, Request), "WRQ \"boot.ipxe\" octet"),
        new(Packet.OfRequest(PacketKind.ReadRequest, Request with { FileName = "a\nb" }), "RRQ \"a\\x0Ab\" octet"),
        new(Packet.OfData(BlockNumber.Of(65536)), "DATA 0"),
        new(Packet.OfAcknowledgment(BlockNumber.Of(3)), "ACK 3"),
        new(Packet.OfError(new ErrorReport(ErrorCode.OptionNegotiation, "User aborted")), "ERROR 8 \"User aborted\""),
        new(Packet.OfOptionAcknowledgment(Asking.Options), "OACK blksize=1432 tsize=0"),
        new(Packet.OfMalformation("empty mode"), "malformed: empty mode"),
        new(Packet.Unreachable, "ICMP port unreachable"),
    ];

    [TestCaseSource(nameof(Shown))]
    public void Is_shown_in_the_words_of_the_RFCs(Packet packet, string expected) => Assert.That(packet.ToString(), Is.EqualTo(expected));

    [TestCase(PacketKind.ReadRequest)]
    [TestCase(PacketKind.WriteRequest)]
    [TestCase(PacketKind.UnknownRequest)]
    public void Three_kinds_are_requests(PacketKind kind) => Assert.That(Packet.OfRequest(kind, Request).IsRequest, Is.True);

    [Test]
    public void An_ACK_is_none() => Assert.That(Packet.OfAcknowledgment(default).IsRequest, Is.False);

    [Test]
    public void A_value_that_nobody_made_is_malformed() => Assert.That(default(Packet).Kind, Is.EqualTo(PacketKind.Malformed));

    [Test]
    public void Whatever_a_request_says_it_is_shown_on_one_line() => ProtocolGen.Requests.Sample(request =>
        !Packet.OfRequest(PacketKind.ReadRequest, request).ToString().Any(char.IsControl));
}
