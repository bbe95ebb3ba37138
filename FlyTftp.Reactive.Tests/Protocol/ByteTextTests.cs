using System.Text;
using CsCheck;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class ByteTextTests
{
    [TestCase("62 6f 6f 74", "boot")]
    [TestCase("c3 bc", "ü")]
    [TestCase("ef bf bd", "\uFFFD", Description = "a replacement character that was really sent")]
    [TestCase("63 61 66 e9 2e 69 6d 67", "caf\\xE9.img", Description = "Latin-1")]
    [TestCase("78 ff", "x\\xFF", Description = "a ROM's padding")]
    [TestCase("c3", "\\xC3", Description = "half a character")]
    [TestCase("ed a0 80", "\\xED\\xA0\\x80", Description = "a surrogate is no UTF-8")]
    [TestCase("f0 9f 98 80", "\U0001F600")]
    public void Reads_what_is_UTF8_as_such_and_keeps_the_rest(string bytes, string text) =>
        Assert.That(ByteText.Read(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal))), Is.EqualTo(text.Odd()));

    [Test]
    public void Any_bytes_come_back_as_they_were() => Gen.Byte.Array[0, 64].Sample(bytes =>
    {
        var text = ByteText.Read(bytes);
        var back = new byte[ByteText.LengthOf(text)];
        Assert.That(ByteText.Write(text, back), Is.EqualTo(back.Length));
        Assert.That(back, Is.EqualTo(bytes));
        Assert.That(ByteText.HasOddBytes(text), Is.EqualTo(!System.Text.Unicode.Utf8.IsValid(bytes)));
    });

    [Test]
    public void Different_bytes_are_different_names() => Gen.Select(Gen.Byte.Array[0, 4], Gen.Byte.Array[0, 4]).Sample((one, other) =>
        ByteText.Read(one) == ByteText.Read(other) == one.AsSpan().SequenceEqual(other));

    [Test]
    public void Any_text_is_written_within_its_length_as_the_framework_would_but_for_odd_bytes() => Gen.Char.Array[0, 40].Sample(characters =>
    {
        var text = new string(characters);
        var bytes = new byte[ByteText.LengthOf(text)];
        Assert.That(ByteText.Write(text, bytes), Is.EqualTo(bytes.Length));
        if (!ByteText.HasOddBytes(text)) Assert.That(bytes, Is.EqualTo(Encoding.UTF8.GetBytes(text)));
    });

    [Test]
    public void What_does_not_fit_is_not_written() => Assert.That(() => ByteText.Write("\uDCFFx", new byte[1]), Throws.ArgumentException);
}
