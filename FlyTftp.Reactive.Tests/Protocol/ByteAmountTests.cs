using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class ByteAmountTests
{
    [TestCase(0, ExpectedResult = "0 B")]
    [TestCase(999, ExpectedResult = "999 B")]
    [TestCase(999.6, ExpectedResult = "1.0 kB")]
    [TestCase(12_345_678, ExpectedResult = "12.3 MB")]
    [TestCase(99_960_000, ExpectedResult = "100 MB")]
    [TestCase(999_600_000, ExpectedResult = "1.0 GB")]
    [TestCase(5e15, ExpectedResult = "5000 TB")]
    public string Shows_bytes_in_three_figures(double bytes) => ByteAmount.Format(bytes);
}
