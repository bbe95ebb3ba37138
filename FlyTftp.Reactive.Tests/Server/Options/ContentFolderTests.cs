using FlyTftp.Reactive.Server.Options;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Options;

public sealed class ContentFolderTests
{
    private static readonly string Here = Path.Combine("clone", "content"), Beside = Path.Combine("bin", "content");

    [TestCase(true, true, ExpectedResult = "here")]
    [TestCase(true, false, ExpectedResult = "here")]
    [TestCase(false, true, ExpectedResult = "beside")]
    [TestCase(false, false, ExpectedResult = "here")]
    public string Prefers_the_working_directory(bool isHere, bool isBeside) =>
        ContentFolder.Find("clone", "bin", path => (isHere && path == Here) || (isBeside && path == Beside)) == Here ? "here" : "beside";
}
