using System.Text;
using CsCheck;
using FlyTftp.Reactive.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content.Names;

public sealed class SafePathTests
{
    [TestCase("boot.ipxe", "boot.ipxe")]
    [TestCase("/boot.ipxe", "boot.ipxe")]
    [TestCase("///boot.ipxe", "boot.ipxe")]
    [TestCase("""\Boot\BCD""", "Boot/BCD")]
    [TestCase("""\\Boot/x64\wdsnbp.com""", "Boot/x64/wdsnbp.com")]
    [TestCase("a//b", "a/b")]
    [TestCase("""a\/b""", "a/b")]
    [TestCase("a b/ c", "a b/ c")]
    [TestCase("initrd.img-6.1.0..1", "initrd.img-6.1.0..1")]
    [TestCase("ü/日本", "ü/日本")]
    [TestCase("😀.img", "😀.img")]
    [TestCase("．．/x", "．．/x")]
    [TestCase("%2e%2e/x", "%2e%2e/x")]
    [TestCase("com", "com")]
    [TestCase("com10.cfg", "com10.cfg")]
    [TestCase("console", "console")]
    [TestCase("./loader/grubx64.efi", "loader/grubx64.efi")]
    [TestCase("a/././b", "a/b")]
    public void Takes_a_name_of_harmless_segments(string name, string value)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path));
        Assert.That(path!.Value, Is.EqualTo(value));
    }

    [TestCase("", Description = "nothing")]
    [TestCase("/", Description = "nothing")]
    [TestCase("""\\/""", Description = "nothing")]
    [TestCase(".", Description = "the root itself")]
    [TestCase("a/.", Description = "a directory")]
    [TestCase("./", Description = "the root itself")]
    [TestCase("..", Description = "up")]
    [TestCase("../a", Description = "up")]
    [TestCase("""a\..\..\b""", Description = "up")]
    [TestCase("a/..", Description = "up")]
    [TestCase("....//a", Description = "what cleaning would turn into ../")]
    [TestCase(".../a", Description = "dots")]
    [TestCase(".hidden", Description = "hidden")]
    [TestCase("a/.git/config", Description = "hidden")]
    [TestCase("a/", Description = "a directory")]
    [TestCase("""a\""", Description = "a directory")]
    [TestCase("a\0b", Description = "NUL")]
    public void Refuses_a_name_that_could_mean_something_else(string name) =>
        Assert.That(SafePath.TryParse(name, flat: false, out _), Is.False);

    [TestCase("52:54:00:12:34:56/undionly.kpxe")]
    [TestCase("aux.cfg")]
    [TestCase("a.")]
    [TestCase("a /b ")]
    [TestCase("caf\\xE9.img")]
    [TestCase("netboot.xyz.efi\\xFF")]
    [TestCase("a\uFFFDb")]
    public void What_means_something_to_Windows_alone_is_refused_there_alone(string name)
    {
        Assert.That(SafePath.TryParse(name.Odd(), flat: false, out var path), Is.EqualTo(!OperatingSystem.IsWindows() || name == "a\uFFFDb"));
        if (path is not null) Assert.That((path.Value, path.HasControls), Is.EqualTo((name.Odd(), false)));
    }

    [TestCase("a\nb")]
    [TestCase("a\u007Fb")]
    [TestCase("a\u0085b")]
    public void Marks_a_name_with_control_characters(string name)
    {
        Assert.That(SafePath.TryParse(name, flat: false, out var path));
        Assert.That(path!.HasControls);
    }

    [TestCase(".hidden", ".hidden")]
    [TestCase("a/.git/config", "a/.git/config")]
    [TestCase("...", "...")]
    [TestCase("./.a", ".a")]
    public void Takes_a_hidden_name_where_that_is_allowed(string name, string value)
    {
        Assert.That(SafePath.TryParse(name, flat: false, hidden: true, out var path, out _));
        Assert.That(path!.Value, Is.EqualTo(value));
    }

    [TestCase("", "no name")]
    [TestCase("a/../b", "\"..\" in it")]
    [TestCase(".a", "hidden; --hidden serves it")]
    [TestCase("a/", "a folder's name")]
    [TestCase("a\0", "no file system's name")]
    public void Says_why(string name, string reason)
    {
        Assert.That(SafePath.TryParse(name, flat: false, hidden: false, out _, out var why), Is.False);
        Assert.That(why, Is.EqualTo(reason));
    }

    [Test]
    public void Up_is_refused_whatever_is_allowed() => Assert.That(SafePath.TryParse("a/../../b", flat: false, hidden: true, out _, out _), Is.False);

    [Test]
    public void Goes_under_a_folder()
    {
        Assert.That(SafePath.TryParse("b", flat: false, out var path));
        Assert.That(path!.Under("192.0.2.7")?.Value, Is.EqualTo("192.0.2.7/b"));
        Assert.That(SafePath.TryParse(new string('a', SafePath.MaxLength), flat: false, out path));
        Assert.That(path!.Under("192.0.2.7"), Is.Null);
    }

    [Test]
    public void Refuses_half_a_surrogate_pair() => Assert.That(SafePath.TryParse("a\uD83D", flat: false, out _), Is.False);

    [TestCase(SafePath.MaxLength, true)]
    [TestCase(SafePath.MaxLength + 1, false)]
    public void Takes_no_more_bytes_than_its_limit(int length, bool isTaken)
    {
        Assert.That(SafePath.TryParse(new string('a', length), flat: false, out _), Is.EqualTo(isTaken));
        Assert.That(SafePath.TryParse(new string('ü', length / 2) + new string('a', length % 2), flat: false, out _), Is.EqualTo(isTaken));
    }

    [TestCase(SafePath.MaxSegments, true)]
    [TestCase(SafePath.MaxSegments + 1, false)]
    public void Takes_no_more_segments_than_its_limit(int count, bool isTaken)
    {
        var name = string.Join('/', Enumerable.Repeat("a", count));
        Assert.That(SafePath.TryParse(name, flat: false, out _), Is.EqualTo(isTaken));
        Assert.That(SafePath.TryParse(name, flat: true, out _), Is.EqualTo(isTaken));
    }

    [TestCase("""\Boot\x64\wdsnbp.com""", "wdsnbp.com")]
    [TestCase("wdsnbp.com", "wdsnbp.com")]
    public void Flat_keeps_the_last_segment_alone(string name, string value)
    {
        Assert.That(SafePath.TryParse(name, flat: true, out var path));
        Assert.That(path!.Value, Is.EqualTo(value));
    }

    [TestCase("../boot.ipxe")]
    [TestCase(".git/boot.ipxe")]
    [TestCase("boot/")]
    public void Flat_still_refuses_what_is_unsafe_before_the_last_segment(string name) =>
        Assert.That(SafePath.TryParse(name, flat: true, out _), Is.False);

    [Test]
    public void An_accepted_name_stays_as_it_is_when_it_is_parsed_again() =>
        NastyNames.Any.Sample(
            name =>
            {
                if (!SafePath.TryParse(name, flat: false, out var path)) return;
                Assert.That(SafePath.TryParse(path.Value, flat: false, out var again));
                Assert.That(again, Is.EqualTo(path));
            },
            iter: 100_000);

    [Test]
    public void An_accepted_name_is_beneath_any_root_by_its_text_alone() =>
        (from name in NastyNames.Any from flat in Gen.Bool select (name, flat)).Sample(
            sample =>
            {
                if (!SafePath.TryParse(sample.name, sample.flat, out var path)) return;
                Assert.That(Path.GetFullPath(path.Value, "/srv/tftp"), Is.EqualTo("/srv/tftp/" + path.Value));
                Assert.That(path.Value.Split('/'), Has.None.StartsWith(".").And.None.Empty);
                Assert.That(Encoding.UTF8.GetByteCount(path.Value), Is.LessThanOrEqualTo(3 * SafePath.MaxLength));
            },
            iter: 100_000);
}
