using FlyTftp.Reactive.Tests.Support;
using Microsoft.Playwright;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Ladders;

/// <summary>The page in the browser that Debian has; none is downloaded.</summary>
public class LadderBrowserTests
{
    private readonly List<string> _complaints = [];
    private string _file = "";
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IPage _page = null!;

    [OneTimeSetUp]
    public async Task Open()
    {
        var chromium = ClientTool.Require("chromium", "apt-get install -y chromium");
        _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".html");
        File.WriteAllText(_file, LadderHtmlTests.Write(SampleLadder.Page()));
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        _page = await _browser.NewPageAsync();
        _page.Console += (_, message) => _complaints.Add(message.Text);
        _page.PageError += (_, error) => _complaints.Add(error);
        _page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)) _complaints.Add(request.Url);
        };
        await _page.GotoAsync(new Uri(_file).AbsoluteUri);
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
        if (_file.Length > 0) File.Delete(_file);
    }

    [TearDown]
    public void Nothing_complains() => Assert.That(_complaints, Is.Empty);

    [Test]
    public async Task The_table_sorts_both_ways()
    {
        await _page.ClickAsync("#sessions th:has-text(\"Bytes\") >> nth=0");
        Assert.That(await Numbers(), Is.EqualTo(new[] { "3", "2", "1" }));
        await _page.ClickAsync("#sessions th:has-text(\"Bytes\") >> nth=0");
        Assert.That(await Numbers(), Is.EqualTo(new[] { "1", "2", "3" }));
    }

    [Test]
    public async Task A_row_opens_its_session_and_a_fold_its_exchanges()
    {
        await _page.ClickAsync("#sessions a[href=\"#s1\"]");
        Assert.That(await _page.Locator("#s1").GetAttributeAsync("open"), Is.Not.Null);
        var hidden = _page.Locator("#s1 .fold li").First;
        Assert.That(await hidden.IsVisibleAsync(), Is.False);
        await _page.ClickAsync("#s1 .fold summary");
        Assert.That(await hidden.IsVisibleAsync(), Is.True);
    }

    [TestCase(ColorScheme.Dark)]
    [TestCase(ColorScheme.Light)]
    public async Task A_screenshot_is_not_blank(ColorScheme scheme)
    {
        await _page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
        var picture = await _page.ScreenshotAsync();
        // A blank page of that size packs into a few kB.
        Assert.That(picture, Has.Length.GreaterThan(15_000));
        var ground = await _page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.That(ground, Is.EqualTo(scheme == ColorScheme.Dark ? "rgb(20, 23, 28)" : "rgb(247, 246, 242)"));
    }

    private async Task<IReadOnlyList<string>> Numbers() => await _page.Locator("#sessions tbody tr td:first-child").AllInnerTextsAsync();
}
