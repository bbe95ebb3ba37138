using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class ErrorCodeTests
{
    [TestCase(ErrorCode.NotDefined, 0)]
    [TestCase(ErrorCode.FileNotFound, 1)]
    [TestCase(ErrorCode.AccessViolation, 2)]
    [TestCase(ErrorCode.DiskFull, 3)]
    [TestCase(ErrorCode.IllegalOperation, 4)]
    [TestCase(ErrorCode.UnknownTransferId, 5)]
    [TestCase(ErrorCode.FileAlreadyExists, 6)]
    [TestCase(ErrorCode.NoSuchUser, 7)]
    [TestCase(ErrorCode.OptionNegotiation, 8)]
    public void Has_the_number_of_RFC_1350_and_2347(ErrorCode code, int number) => Assert.That((int)code, Is.EqualTo(number));
}
