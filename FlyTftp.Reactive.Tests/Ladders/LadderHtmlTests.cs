using System.Text.RegularExpressions;
using FlyTftp.Reactive.Ladders;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Ladders;

public class LadderHtmlTests
{
    private static readonly string Html = Write(SampleLadder.Page());

    [Test]
    public void The_policy_names_the_page_s_own_style_and_script() => Assert.Multiple(() =>
    {
        Assert.That(HashOf(LadderHtml.Style), Is.EqualTo(LadderHtml.StyleHash));
        Assert.That(HashOf(LadderHtml.Script), Is.EqualTo(LadderHtml.ScriptHash));
    });

    [Test]
    public void Nothing_that_a_capture_holds_becomes_markup()
    {
        Assert.That(Html, Does.Not.Contain("<img").And.Not.Contain("\u001b"));
        Assert.That(Html, Does.Contain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;\\x1B[31m"));
    }

    [Test]
    public void Names_nothing_outside_itself() =>
        Assert.That(Regex.Matches(Html, "(src|href)=\"(?!#|data:)|url\\(|@import|https?:").Select(static match => match.Value), Is.Empty);

    [Test]
    public void Spells_the_negotiation_out()
    {
        Assert.That(Html, Does.Contain("<th scope=\"row\">windowsize</th><td>4</td><td>4</td><td>blocks before an ACK is awaited (RFC 7440)</td>"));
        Assert.That(Html, Does.Contain("no options asked"));
    }

    [Test]
    public void What_happened_stands_before_the_sessions_and_outcomes_before_figures()
    {
        Assert.That(Html.IndexOf("<section class=\"story\">", StringComparison.Ordinal), Is.Positive.And.LessThan(Html.IndexOf("<table id=\"sessions\">", StringComparison.Ordinal)));
        Assert.That(Regex.Matches(Html, "<th scope=\"col\"[^>]*><button type=\"button\">([^<]+)").Select(static match => match.Groups[1].Value).Take(3), Is.EqualTo(new[] { "#", "Outcome", "File" }));
    }

    [TestCase("outcome good"), TestCase("outcome bad"), TestCase("s uncaptured"), TestCase("c inferred"), TestCase("wrong")]
    public void Each_kind_of_thing_has_a_look_of_its_own(string kind)
    {
        Assert.That(Html, Does.Contain($"class=\"{kind}\""));
        Assert.That(LadderHtml.Style, Does.Contain("." + kind.Split(' ')[^1]));
    }

    [Test]
    public void What_the_network_said_is_a_step() => Assert.That(Html, Does.Contain("ICMP fragmentation needed</span>"));

    [Test]
    public void Is_the_same_every_time() => Assert.That(Write(SampleLadder.Page()), Is.EqualTo(Html));

    internal static string Write(LadderPage page)
    {
        var html = new StringWriter { NewLine = "\n" };
        LadderHtml.Write(html, page);
        return html.ToString();
    }

    private static string HashOf(string text) =>
        "sha256-" + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
