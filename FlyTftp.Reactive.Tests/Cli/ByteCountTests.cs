using FlyTftp.Reactive.Cli;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

public sealed class ByteCountTests
{
    [TestCase("0", ExpectedResult = 0L)]
    [TestCase("1500", ExpectedResult = 1500L)]
    [TestCase("64k", ExpectedResult = 65536L)]
    [TestCase("2M", ExpectedResult = 2097152L)]
    [TestCase("16G", ExpectedResult = 17179869184L)]
    [TestCase("9223372036854775807", ExpectedResult = long.MaxValue)]
    [TestCase("8589934591G", ExpectedResult = 8589934591L << 30)]
    [TestCase("8589934592G", ExpectedResult = null)]
    [TestCase("", ExpectedResult = null)]
    [TestCase("K", ExpectedResult = null)]
    [TestCase("-1", ExpectedResult = null)]
    [TestCase("1 K", ExpectedResult = null)]
    [TestCase("1.5G", ExpectedResult = null)]
    [TestCase("1T", ExpectedResult = null)]
    public long? Reads(string text) => ByteCount.TryParse(text, out var bytes) ? bytes : null;
}
