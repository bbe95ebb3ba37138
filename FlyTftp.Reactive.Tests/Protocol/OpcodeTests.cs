using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class OpcodeTests
{
    [TestCase(Opcode.ReadRequest, 1)]
    [TestCase(Opcode.WriteRequest, 2)]
    [TestCase(Opcode.Data, 3)]
    [TestCase(Opcode.Acknowledgment, 4)]
    [TestCase(Opcode.Error, 5)]
    [TestCase(Opcode.OptionAcknowledgment, 6)]
    public void Has_the_number_of_RFC_1350_and_2347(Opcode opcode, int number) => Assert.That((int)opcode, Is.EqualTo(number));
}
