using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>Requests as no RFC draws them.</summary>
public sealed class PipelineRequestTests
{
    [TestCase("00 01", "ERROR 4 \"mode is neither octet nor netascii\"", Description = "nothing but an opcode")]
    [TestCase("00 01 74 77 6f", "ERROR 4 \"mode is neither octet nor netascii\"", Description = "a name without its end")]
    [TestCase("00 01 74 77 6f 00", "ERROR 4 \"mode is neither octet nor netascii\"", Description = "no mode")]
    [TestCase("00 01 74 77 6f 00 00", "ERROR 4 \"mode is neither octet nor netascii\"", Description = "an empty mode")]
    [TestCase("00 01 00 6f 63 74 65 74 00", "ERROR 2 \"not served\"", Description = "an empty name")]
    [TestCase("00 01 2f 00 6f 63 74 65 74 00", "ERROR 2 \"not served\"", Description = "the root")]
    [TestCase("00 01 74 77 6f 00 6f 63 74 65 74", "DATA 1 (512 bytes)", Description = "a mode without its end")]
    public void A_read_request_with_something_missing_is_answered(string bytes, string answer) =>
        Assert.That(new VirtualServer(new TestStore().Add("two", 600)).Run($"0 {bytes}"), Does.Contain($"0.000 > {answer}"));
}
