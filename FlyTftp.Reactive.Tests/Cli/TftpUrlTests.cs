using FlyTftp.Reactive.Cli;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

public sealed class TftpUrlTests
{
    [TestCase("tftp://host/boot.ipxe", "host", 69, "boot.ipxe")]
    [TestCase("TFTP://192.0.2.1:6969/a/b", "192.0.2.1", 6969, "a/b")]
    [TestCase("tftp://[2001:db8::1]:70/x", "2001:db8::1", 70, "x")]
    [TestCase("tftp://[::1]/x", "::1", 69, "x")]
    [TestCase("tftp://h//abs/name", "h", 69, "/abs/name")]
    [TestCase("tftp://h/a/../b?c#d", "h", 69, "a/../b?c#d")]
    [TestCase("tftp://h/Boot%5CBCD", "h", 69, "Boot\\BCD")]
    [TestCase("tftp://h/%C3%BC%20x", "h", 69, "ü x")]
    [TestCase("tftp://h/üx", "h", 69, "üx")]
    [TestCase("tftp://h/x;mode=OCTET", "h", 69, "x")]
    public void Reads(string text, string host, int port, string name)
    {
        Assert.That(TftpUrl.TryParse(text, out var url, out var error), Is.True, error);
        Assert.That(url, Is.EqualTo(new TftpUrl(host, port, name)));
    }

    [TestCase("http://h/x", "allowed are tftp://HOST[:PORT]/NAME")]
    [TestCase("boot.ipxe", "allowed are tftp://HOST[:PORT]/NAME")]
    [TestCase("tftp://h", "the file's name is missing: tftp://HOST[:PORT]/NAME")]
    [TestCase("tftp://h/", "the file's name is missing: tftp://HOST[:PORT]/NAME")]
    [TestCase("tftp:///x", "the host must be a name, an IPv4 address or an IPv6 address in brackets, the port 1 to 65535")]
    [TestCase("tftp://h:0/x", "the host must be a name, an IPv4 address or an IPv6 address in brackets, the port 1 to 65535")]
    [TestCase("tftp://h:x/x", "the host must be a name, an IPv4 address or an IPv6 address in brackets, the port 1 to 65535")]
    [TestCase("tftp://:69/x", "the host must be a name, an IPv4 address or an IPv6 address in brackets, the port 1 to 65535")]
    [TestCase("tftp://69/x", "the host must be a name, an IPv4 address or an IPv6 address in brackets, the port 1 to 65535")]
    [TestCase("tftp://::1/x", "the host must be a name, an IPv4 address or an IPv6 address in brackets, the port 1 to 65535")]
    [TestCase("tftp://u@h/x", "the host must be a name, an IPv4 address or an IPv6 address in brackets, the port 1 to 65535")]
    [TestCase("tftp://h/%", NameError)]
    [TestCase("tftp://h/%4", NameError)]
    [TestCase("tftp://h/%zz", NameError)]
    [TestCase("tftp://h/a%00b", NameError)]
    [TestCase("tftp://h/x;mode=netascii", NameError)]
    [TestCase("tftp://h/;mode=octet", NameError)]
    public void Refuses(string text, string expected)
    {
        Assert.That(TftpUrl.TryParse(text, out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo(expected));
    }

    [Test]
    public void Counts_a_names_bytes_and_not_its_characters()
    {
        Assert.That(TftpUrl.TryParse("tftp://h/" + new string('ü', 256), out _, out _), Is.True);
        Assert.That(TftpUrl.TryParse("tftp://h/" + new string('ü', 257), out _, out _), Is.False);
    }

    [TestCase("a/b/boot.wim", ExpectedResult = "boot.wim")]
    [TestCase("Boot\\BCD", ExpectedResult = "BCD")]
    [TestCase("vmlinuz", ExpectedResult = "vmlinuz")]
    [TestCase("a/", ExpectedResult = null)]
    [TestCase("a/..", ExpectedResult = null)]
    [TestCase(".bashrc", ExpectedResult = null)]
    [TestCase("-rf", ExpectedResult = null)]
    [TestCase("C:x", ExpectedResult = null)]
    [TestCase("a\nb", ExpectedResult = null)]
    [TestCase("a\u0085b", ExpectedResult = null)]
    [TestCase("a\u202Egpj.exe", ExpectedResult = null)]
    [TestCase("a\u2028b", ExpectedResult = null)]
    [TestCase("\e[2J", ExpectedResult = null)]
    public string? Saves_under_the_last_segment_if_that_is_harmless(string name) => new TftpUrl("h", 69, name).LocalName;

    [TestCase("tftp://h/a/..%2F..%2Fetc%2Fpasswd", "passwd")]
    [TestCase("tftp://h/%2e%2e", null)]
    [TestCase("tftp://h/..%5C..%5Cboot.ini", "boot.ini")]
    [TestCase("tftp://h/a%0Ab", null)]
    [TestCase("tftp://h/%2D%2Doutput", null)]
    public void Saves_nowhere_else_whatever_is_percent_encoded(string text, string? expected)
    {
        Assert.That(TftpUrl.TryParse(text, out var url, out _), Is.True);
        Assert.That(url!.LocalName, Is.EqualTo(expected));
    }

    [Test]
    public void Takes_a_name_that_is_no_UTF8() => Assert.That(TftpUrl.TryParse("tftp://h/caf%E9", out var url, out _) ? url.FileName : null, Is.EqualTo("caf\uDCE9"));

    private const string NameError = "the name must be percent-encoded, 1 to 512 bytes without NUL, its mode octet";
}
