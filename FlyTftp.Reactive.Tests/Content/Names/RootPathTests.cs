using FlyTftp.Reactive.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content.Names;

[Platform("Unix")]
public sealed class RootPathTests
{
    [TestCase("/srv/tftp/x", "x")]
    [TestCase("/srv/tftp/a/../x", "a/../x", Description = "by text alone: whoever uses it judges it")]
    [TestCase("/srv/tftp//x", "x")]
    [TestCase("/srv/tftp", "")]
    [TestCase("/srv/tftp/", "")]
    [TestCase("/srv/tftp-secret/x", null)]
    [TestCase("/srv/TFTP/x", null)]
    [TestCase("/srv", null)]
    [TestCase("srv/tftp/x", null)]
    [TestCase("", null)]
    public void Knows_what_is_beneath_it(string path, string? beneath) => Assert.That(new RootPath("/srv/tftp/").Beneath(path), Is.EqualTo(beneath));

    [Test]
    public void Everything_is_beneath_a_root_that_is_the_whole_file_system() => Assert.That(new RootPath("/").Beneath("/etc/x"), Is.EqualTo("etc/x"));

    [Test]
    public void Nothing_is_beneath_a_root_that_nobody_knows() => Assert.That(RootPath.Unknown.Beneath("/x"), Is.Null);
}
