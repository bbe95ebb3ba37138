using System.Buffers;
using System.Text.Json;
using FlyTftp.Reactive.Server.Live;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Live;

public sealed class JsonTextTests
{
    private static readonly SearchValues<char> Dangerous = SearchValues.Create("<>&\r\n\u2028\u2029");

    [TestCase("plain")]
    [TestCase("<script>alert(\"1\")</script> & 'x'")]
    [TestCase("line\r\nbreak\u2028\u2029 \0 \x7f \\")]
    [TestCase("größe \ud83d\ude00 \ud800")]
    public void A_string_is_read_back_as_it_was_and_holds_nothing_that_ends_a_line_or_a_tag(string text)
    {
        var json = new JsonText().String(text).ToString();
        Assert.That(json.AsSpan().ContainsAny(Dangerous), Is.False);
        using var parsed = JsonDocument.Parse(json);
        // A lone surrogate is not a character: JSON can carry it, .NET will not make a string of it.
        if (!text.Contains('\ud800', StringComparison.Ordinal)) Assert.That(parsed.RootElement.GetString(), Is.EqualTo(text));
    }

    [Test]
    public void Commas_stand_where_they_must() => Assert.That(
        new JsonText().Object(static json =>
        {
            json.Name("a").Number(1.5).Name("b").String(null).Name("c").Array([1, 2], static (json, number) => json.Number(number));
            json.Name("d").Object(static _ => { }).Name("e").Number(double.NaN);
        }).ToString(),
        Is.EqualTo("""{"a":1.5,"b":null,"c":[1,2],"d":{},"e":null}"""));
}
