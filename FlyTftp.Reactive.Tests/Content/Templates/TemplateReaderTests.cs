using System.Text;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Templates;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content.Templates;

public sealed class TemplateReaderTests
{
    private static readonly TemplateFacts Facts = new(new Dictionary<string, string?>
    {
        ["server.name"] = "boot1",
        ["server.region"] = null,
        ["env.SITE"] = "console=ttyS0,115200 quiet",
        ["env.TWO"] = "a\nb",
    });

    private static readonly TemplateRequest Request = new("192.0.2.7", "C0000207", "2070", "198.51.100.1", "menu/boot.ipxe");

    [TestCase("", "")]
    [TestCase("#!ipxe\n", "#!ipxe\n")]
    [TestCase("{{client.ip}}", "192.0.2.7")]
    [TestCase("{{ client.ip }}{{client.port}}", "192.0.2.72070")]
    [TestCase("set a {{client.ip.hex}}\nset b {{server.ip}}\n", "set a C0000207\nset b 198.51.100.1\n")]
    [TestCase("{{request.name}} {{client.ip}} {{request.name}}", "menu/boot.ipxe 192.0.2.7 menu/boot.ipxe")]
    [TestCase("by {{server.name}}: {{env.SITE}}", "by boot1: console=ttyS0,115200 quiet")]
    [TestCase("{ {x} } }} ${net0/mac}", "{ {x} } }} ${net0/mac}")]
    public void Fills_in_what_is_named(string file, string filled)
    {
        var content = Read(file);
        Assert.That(content.Length, Is.EqualTo(filled.Length));
        Assert.That(Text(content, 4096), Is.EqualTo(filled));
        Assert.That(Text(content, 7), Is.EqualTo(filled), "in pieces too");
        Assert.That(Text(content, 1), Is.EqualTo(filled));
    }

    [Test]
    public void Bytes_that_are_no_text_stay_as_they_are()
    {
        Assert.That(TemplateReader.TryRead([0xFF, 0xFE, .. "{{client.ip}}"u8, 0xE9], Facts, out var template, out _));
        var content = template!.Open(Request).Content!;
        var bytes = new byte[12];
        Assert.That(content.CopyTo(0, bytes), Is.EqualTo(12));
        Assert.That(bytes, Is.EqualTo((byte[])[0xFF, 0xFE, .. "192.0.2.7"u8, 0xE9]));
    }

    [TestCase("a\n{{client.mac}}", "2: unknown placeholder {{client.mac}}: allowed are client.ip, client.ip.hex, client.port, server.ip, request.name, "
        + "server.name, server.region, env.SITE, env.TWO, env.NAME")]
    [TestCase("{{env.HOME}}", "1: {{env.HOME}}: this variable is not in --template-env")]
    [TestCase("\n\n{{server.region}}", "3: {{server.region}}: not set in the environment")]
    [TestCase("{{env.TWO}}", "1: {{env.TWO}}: its value is more than one line of text")]
    [TestCase("x {{client.ip", "1: \"{{\" without \"}}\" in its line")]
    [TestCase("x {{client.ip\n}}", "1: \"{{\" without \"}}\" in its line")]
    public void Says_what_is_wrong_and_where(string file, string expected)
    {
        Assert.That(TemplateReader.TryRead(Encoding.UTF8.GetBytes(file), Facts, out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo(expected));
    }

    [TestCase(Template.MaxGaps, true)]
    [TestCase(Template.MaxGaps + 1, false)]
    public void Has_no_more_gaps_than_its_limit(int count, bool isTaken) => Assert.That(
        TemplateReader.TryRead(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{{client.ip}}", count))), Facts, out _, out _), Is.EqualTo(isTaken));

    [TestCase("boot\nchain http://evil/x")]
    [TestCase("boot && shell")]
    [TestCase("${net0/mac}")]
    [TestCase("a b")]
    [TestCase("a;b")]
    [TestCase("a\"b")]
    [TestCase("größe")]
    [TestCase("a\\xFF")]
    public void A_request_cannot_write_into_a_script(string name)
    {
        Assert.That(TemplateReader.TryRead("#!ipxe\nchain {{request.name}}"u8, Facts, out var template, out _));
        var result = template!.Open(Request with { RequestName = name.Odd() });
        Assert.That((result.Content, result.Refusal?.Code), Is.EqualTo(((IContent?)null, ErrorCode.AccessViolation)));

        Assert.That(TemplateReader.TryRead("#!ipxe\necho {{client.ip}}"u8, Facts, out template, out _));
        Assert.That(template!.Open(Request with { RequestName = name }).Content, Is.Not.Null, "what is not filled in may be anything");
    }

    private static IContent Read(string file)
    {
        Assert.That(TemplateReader.TryRead(Encoding.UTF8.GetBytes(file), Facts, out var template, out var error), error);
        return template!.Open(Request).Content!;
    }

    private static string Text(IContent content, int size)
    {
        var all = new List<byte>();
        var piece = new byte[size];
        while (content.CopyTo(all.Count, piece) is > 0 and var count) all.AddRange(piece[..count]);
        return Encoding.UTF8.GetString([.. all]);
    }
}
