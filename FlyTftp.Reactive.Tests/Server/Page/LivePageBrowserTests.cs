using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using FlyTftp.Reactive.Tests.Support;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace FlyTftp.Reactive.Tests.Server.Page;

/// <summary>The live page of the real program in the browser that Debian has; none is downloaded.</summary>
public sealed partial class LivePageBrowserTests
{
    private const int BlockSize = 1024, Blocks = 200;

    private readonly List<string> _complaints = [];
    private string _root = "";
    private ServerProcess? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IPage _page = null!;
    private string _url = "";

    [OneTimeSetUp]
    public async Task Open()
    {
        var chromium = ClientTool.Require("chromium", "apt-get install -y chromium");
        _root = ServedFolder.Create("flytftp-page-");
        await File.WriteAllBytesAsync(Path.Combine(_root, "large.img"), TestStore.Pattern(Blocks * BlockSize - 1));
        await File.WriteAllTextAsync(Path.Combine(_root, "menu.ipxe"), "#!ipxe\n");
        _server = new ServerProcess(_root, ["127.0.0.1:0"], "--http", "127.0.0.1:0", "--page", "true");
        _url = $"http://127.0.0.1:{HttpPort().Match(_server.WaitFor("health and metrics")).Groups[1].Value}/";
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
        _server?.Dispose();
        if (_root.Length > 0) Directory.Delete(_root, recursive: true);
    }

    [SetUp]
    public async Task OpenPage()
    {
        _complaints.Clear();
        _page = await _browser!.NewPageAsync();
        _page.Console += (_, message) => _complaints.Add(message.Text);
        _page.PageError += (_, error) => _complaints.Add(error);
        await _page.GotoAsync(_url);
    }

    [TearDown]
    public async Task Nothing_complains()
    {
        await _page.CloseAsync();
        Assert.That(_complaints, Is.Empty);
    }

    [Test]
    public async Task A_slow_download_moves_its_bar_and_ends()
    {
        await Expect(_page.Locator("#link")).ToHaveTextAsync("live");
        using var client = Client();
        Say(client, $"RRQ large.img octet tsize=0 blksize={BlockSize}");
        Receive(client);
        Acknowledge(client, 0, 49);
        var bar = _page.Locator("#running tr", new PageLocatorOptions { HasText = "large.img" }).Locator("progress");
        await Expect(bar).ToHaveCountAsync(1);
        await WaitForAsync(async () => await Value(bar) >= 48 * BlockSize);
        Acknowledge(client, 50, 149);
        await WaitForAsync(async () => await Value(bar) >= 148 * BlockSize);
        Acknowledge(client, 150, Blocks);
        await Expect(bar).ToHaveCountAsync(0);
        await Expect(_page.Locator("#boots tbody")).ToContainTextAsync("large.img");
    }

    [Test]
    public async Task A_boot_with_a_missing_file_shows_its_finding_and_its_ladder()
    {
        using var client = Client("127.0.0.2");
        Say(client, "RRQ undionly.kpxe octet");
        Receive(client);
        var row = _page.Locator("#boots tr", new PageLocatorOptions { HasText = "undionly.kpxe" });
        await Expect(row.Locator(".finding")).ToContainTextAsync("is not there");
        await row.Locator("a").ClickAsync();
        await Expect(_page.Locator(".findings li")).ToHaveCountAsync(1);
        await Expect(_page.Locator(".ladder li").First).ToContainTextAsync("RRQ");
    }

    [Test]
    public async Task A_boot_is_downloaded_as_a_capture()
    {
        using var client = Client("127.0.0.3");
        Say(client, "RRQ menu.ipxe octet tsize=0 blksize=1432");
        Receive(client);
        Acknowledge(client, 0, 1, blocks: 1);
        await _page.Locator("#boots tr", new PageLocatorOptions { HasText = "127.0.0.3" }).Locator("a").ClickAsync();
        var download = await _page.RunAndWaitForDownloadAsync(() => _page.ClickAsync("text=Download as pcapng"));
        var capture = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".pcapng");
        try
        {
            await download.SaveAsAsync(capture);
            var context = new TestCommandContext();
            var port = _server!.Ports[0].ToString(CultureInfo.InvariantCulture);
            var exit = await context.RunAsync("replay", capture, "--root", _root, "--port", port);
            Assert.That((exit, context.Output), Is.EqualTo((0, context.Output)));
            Assert.That(context.Output, Does.Contain("menu.ipxe"));
        }
        finally
        {
            File.Delete(capture);
        }
    }

    [Test]
    public async Task The_filter_hides_other_boots()
    {
        foreach (var address in (string[])["127.0.0.4", "127.0.0.5"])
        {
            using var client = Client(address);
            Say(client, "RRQ nothing.efi octet");
            Receive(client);
        }

        await Expect(_page.Locator("#boots tbody")).ToContainTextAsync("127.0.0.5");
        await _page.FillAsync("#filter", "127.0.0.4");
        await Expect(_page.Locator("#boots tbody tr")).ToHaveCountAsync(1);
        await _page.FillAsync("#filter", "no such thing");
        await Expect(_page.Locator("#boots-empty")).ToHaveTextAsync("No boot matches the filter.");
    }

    [TestCase(1400)]
    [TestCase(390)]
    public async Task No_page_scrolls_sideways_and_axe_finds_nothing_serious(int width)
    {
        await _page.SetViewportSizeAsync(width, 900);
        var address = width == 390 ? "127.0.0.6" : "127.0.0.7";
        using var client = Client(address);
        Say(client, $"RRQ {new string('x', 400)}.efi octet");
        Receive(client);
        await Expect(_page.Locator("#boots tbody")).ToContainTextAsync(address);
        await CheckAsync();
        await _page.Locator("#boots tr", new PageLocatorOptions { HasText = address }).Locator("a").First.ClickAsync();
        await Expect(_page.Locator(".ladder li").First).ToBeVisibleAsync();
        await CheckAsync();

        async Task CheckAsync()
        {
            Assert.That(await _page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width));
            if (AxeScript() is not { } axe) return;
            await _page.EvaluateAsync(await File.ReadAllTextAsync(axe));
            var serious = await _page.EvaluateAsync<string[]>(
                "async () => (await axe.run()).violations.filter(found => ['serious', 'critical'].includes(found.impact)).map(found => found.id + ': ' + found.nodes[0].html)");
            Assert.That(serious, Is.Empty);
        }
    }

    /// <summary>Where the gate has put axe-core; elsewhere that part is left out.</summary>
    private static string? AxeScript()
    {
        var script = Path.Combine(Repository.Root, "artifacts", "npm", "node_modules", "axe-core", "axe.min.js");
        if (File.Exists(script)) return script;
        Assert.That(Environment.GetEnvironmentVariable("CI"), Is.Null.Or.Empty, "npm install --prefix artifacts/npm axe-core");
        return null;
    }

    private Socket Client(string address = "127.0.0.1")
    {
        var client = UdpClients.ClientAt(address);
        client.Connect(new IPEndPoint(IPAddress.Loopback, _server!.Ports[0]));
        return client;
    }

    private static void Say(Socket client, string packet) => client.Send(PacketScript.Encode(packet));

    private static void Receive(Socket client) => client.Receive(new byte[2048]);

    /// <summary>Acknowledges these blocks, each when the answer to the one before has come; the file's last is not answered.</summary>
    private static void Acknowledge(Socket client, int first, int last, int blocks = Blocks)
    {
        for (var block = first; block <= last; block++)
        {
            Say(client, $"ACK {block}");
            if (block < blocks) Receive(client);
        }
    }

    private static async Task<double> Value(ILocator bar) => await bar.CountAsync() == 0 ? 0 : await bar.EvaluateAsync<double>("bar => bar.value");

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        for (var deadline = Environment.TickCount64 + 10_000; !await condition();)
            Assert.That(Environment.TickCount64, Is.LessThan(deadline), "it has not come to that in 10 s");
    }

    [GeneratedRegex(@":(\d+)$")]
    private static partial Regex HttpPort();
}
