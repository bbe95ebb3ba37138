using System.Text;
using FlyTftp.Reactive.Cli.Stories;
using FlyTftp.Reactive.Server.Live;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Stories;

public sealed class JsonValueTests
{
    [Test]
    public void Reads_what_the_server_writes()
    {
        var written = new JsonText().Object(static json => json
            .Name("id").String("b1\"\\<\u202e\n").Name("at").Number(-12.5).Name("none").String(null)
            .Name("steps").Array([1, 2], static (json, number) => json.Object(json => json.Name("n").Number(number)))).ToString();
        var read = Parse(written)!;
        Assert.That((read["id"].Text, read["at"].Number, read["none"].Text), Is.EqualTo(("b1\"\\<\u202e\n", -12.5, "")));
        Assert.That(read["steps"].Items.Select(static step => step["n"].Number), Is.EqualTo(new double?[] { 1, 2 }));
    }

    [TestCase(" { } ")]
    [TestCase("[1, \"a\\tb\", true, null]\n")]
    [TestCase("[]")]
    public void Takes_blanks_and_every_kind_of_value(string text) => Assert.That(Parse(text), Is.Not.Null);

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[1,]")]
    [TestCase("[1 2]")]
    [TestCase("{\"a\"}")]
    [TestCase("{\"a\":1,}")]
    [TestCase("{a:1}")]
    [TestCase("\"a")]
    [TestCase("\"\\u12\"")]
    [TestCase("\"\\")]
    [TestCase("[1] x")]
    [TestCase("--")]
    [TestCase("<html>")]
    public void Anything_else_is_no_JSON(string text) => Assert.That(Parse(text), Is.Null);

    [Test]
    public void Depth_is_bounded() => Assert.That(Parse(new string('[', 100_000)), Is.Null);

    [Test]
    public void What_is_not_there_is_empty()
    {
        var value = Parse("[]")!;
        Assert.That((value["a"]["b"].Text, value["a"].Number, value["a"].Items.Count), Is.EqualTo(("", (double?)null, 0)));
    }

    private static JsonValue? Parse(string text) => JsonValue.Parse(Encoding.UTF8.GetBytes(text));
}
