using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class RequestTests
{
    [TestCase("octet", TransferMode.Octet)]
    [TestCase("OCTET", TransferMode.Octet)]
    [TestCase("netascii", TransferMode.Netascii)]
    [TestCase("NetASCII", TransferMode.Netascii)]
    [TestCase("mail", TransferMode.Unknown)]
    [TestCase("octet ", TransferMode.Unknown)]
    [TestCase("", TransferMode.Unknown)]
    public void Knows_two_modes_in_any_case(string mode, TransferMode expected) =>
        Assert.That(new Request("name", mode, OptionSet.Empty).TransferMode, Is.EqualTo(expected));

    [Test]
    public void Equals_another_that_says_the_same() => Assert.That(
        new Request("name", "octet", new OptionSet(new TransferOption("tsize", "0"))),
        Is.EqualTo(new Request("name", "octet", new OptionSet(new TransferOption("tsize", "0")))));

    [Test]
    public void Differs_from_one_with_other_options() => Assert.That(
        new Request("name", "octet", new OptionSet(new TransferOption("tsize", "0"))),
        Is.Not.EqualTo(new Request("name", "octet", new OptionSet(new TransferOption("tsize", "1")))));
}
