using FlyTftp.Reactive.Client;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Client;

public sealed class GrantedOptionsTests
{
    private static readonly OptionSet Asked = new(new("blksize", "1428"), new("tsize", "0"), new("timeout", "5"), new("windowsize", "16"));

    [Test]
    public void Takes_what_is_granted_whatever_the_case_of_its_name()
    {
        var granted = new OptionSet(new("BLKSIZE", "512"), new("tsize", "70000"), new("timeout", "5"));
        Assert.That(GrantedOptions.TryAccept(Asked, granted, out var accepted, out _), Is.True);
        Assert.That(accepted, Is.EqualTo(new GrantedOptions(new TransferParameters(512, 1, TimeSpan.FromSeconds(5)), 70000)));
    }

    [TestCase("blksize", "1429", "the OACK grants blksize=1429, asked was 1428")]
    [TestCase("blksize", "7", "the OACK grants blksize=7, asked was 1428")]
    [TestCase("blksize", "", "the OACK grants blksize=, asked was 1428")]
    [TestCase("blksize", "+512", "the OACK grants blksize=+512, asked was 1428")]
    [TestCase("windowsize", "17", "the OACK grants windowsize=17, asked was 16")]
    [TestCase("windowsize", "0", "the OACK grants windowsize=0, asked was 16")]
    [TestCase("timeout", "4", "the OACK grants timeout=4, asked was 5")]
    [TestCase("tsize", "-1", "the OACK grants tsize=-1, asked was 0")]
    [TestCase("utimeout", "9\n", "the OACK grants utimeout=9\\x0A, which was not asked")]
    public void Refuses_what_was_not_asked_or_is_more(string name, string value, string violation)
    {
        Assert.That(GrantedOptions.TryAccept(Asked, new OptionSet(new TransferOption(name, value)), out _, out var found), Is.False);
        Assert.That(found, Is.EqualTo(violation));
    }

    [Test]
    public void Refuses_what_is_granted_twice()
    {
        var twice = new OptionSet(new TransferOption("blksize", "512"), new TransferOption("BLKSIZE", "1024"));
        Assert.That(GrantedOptions.TryAccept(Asked, twice, out _, out var found), Is.False);
        Assert.That(found, Is.EqualTo("the OACK grants blksize twice"));
    }
}
