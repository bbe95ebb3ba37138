using System.Globalization;
using CsCheck;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class PrintableTests
{
    [TestCase("pxelinux.cfg/default")]
    [TestCase(@"\Boot\BCD")]
    [TestCase("größe %s {0} ${var} 日本")]
    [TestCase("")]
    public void Leaves_harmless_text_alone(string text) => Assert.That(Printable.Escape(text), Is.SameAs(text));

    [TestCase("a\nb", @"a\x0Ab")]
    [TestCase("\r\n", @"\x0D\x0A")]
    [TestCase("\e[31mred", @"\x1B[31mred")]
    [TestCase("\0", @"\x00")]
    [TestCase("\x7F\u0085\u009B", @"\x7F\x85\x9B")]
    [TestCase("a\u202Etxt.exe", @"a\u202Etxt.exe")]
    [TestCase("\u2028\u2029\u200B\uFEFF", @"\u2028\u2029\u200B\uFEFF")]
    [TestCase("\U0001F600", @"\uD83D\uDE00")]
    [TestCase("x\uE000", @"x\uE000")]
    public void Escapes_what_is_invisible_or_acts_on_a_terminal(string text, string expected) =>
        Assert.That(Printable.Escape(text), Is.EqualTo(expected));

    [TestCase("a\"b", @"a\x22b")]
    [TestCase(@"\Boot\BCD", @"\Boot\BCD")]
    [TestCase("\"\n", @"\x22\x0A")]
    public void Between_quotation_marks_there_is_none(string text, string expected) => Assert.That(Printable.Quote(text), Is.EqualTo(expected));

    [Test]
    public void Shows_a_byte_that_was_no_UTF8_as_itself()
    {
        Assert.That(Printable.Escape("caf\uDCE9.img\uDCFF\uDC80"), Is.EqualTo(@"caf\xE9.img\xFF\x80"));
        Assert.That(Printable.Escape("\uD83D\uDC80"), Is.EqualTo(@"\uD83D\uDC80"), "half of a whole pair is none");
    }

    [Test]
    public void Whatever_comes_in_one_visible_line_comes_out() => Gen.Char.Array[0, 40].Sample(characters =>
        Printable.Escape(new string(characters)).All(character => !char.IsControl(character) && !char.IsSurrogate(character)
            && CharUnicodeInfo.GetUnicodeCategory(character) is not (
                UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)));

    [Test]
    public void Escaping_twice_changes_nothing_more() => Gen.Char.Array[0, 40].Sample(characters =>
        Printable.Escape(new string(characters)) is var once && ReferenceEquals(Printable.Escape(once), once));
}
