using System.Text;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Server.Page;
using FlyTftp.Reactive.Tests.Server.Loop;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Page;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PageRoutesTests
{
    private readonly BootHistory _history = new(1 << 20);

    [TestCase("127.0.0.1", true)]
    [TestCase("127.0.0.1:8080", true)]
    [TestCase("[::1]:8080", true)]
    [TestCase("[fdaa:0:1::3]", true)]
    [TestCase("localhost:8080", true)]
    [TestCase("LOCALHOST", true)]
    [TestCase("boot.example.com:80", true)]
    [TestCase("evil.example.com", false)]
    [TestCase("127.0.0.1.evil.example", false)]
    [TestCase("[::1]evil", false)]
    [TestCase("2130706433", false, Description = "a number is read as an address by some")]
    [TestCase("", false)]
    public void A_name_that_anybody_can_point_here_is_refused(string host, bool isOwn) =>
        Assert.That(new PageRoutes(Feed(), _history, "boot.example.com").IsOwnHost(host), Is.EqualTo(isOwn));

    [TestCase("/", "text/html; charset=utf-8")]
    [TestCase("/page.css", "text/css; charset=utf-8")]
    [TestCase("/page.js", "text/javascript; charset=utf-8")]
    [TestCase("/ladder.css", "text/css; charset=utf-8")]
    [TestCase("/ladder.js", "text/javascript; charset=utf-8")]
    [TestCase("/api/boots", "application/json; charset=utf-8")]
    public async Task Every_page_has_its_type_and_a_strict_policy(string path, string type)
    {
        var response = await AskAsync(path);
        Assert.That((response.Status, response.ContentType), Is.EqualTo((200, type)));
        Assert.That(response.Fields, Does.Contain("default-src 'none'").And.Contain("frame-ancestors 'none'").And.Not.Contain("unsafe").And.Not.Contain("Access-Control"));
    }

    [TestCase("/boots/b7")]
    [TestCase("/boots/b7.pcapng")]
    [TestCase("/api/boots/b7")]
    public async Task A_boot_that_is_gone_is_not_found(string path) => Assert.That((await AskAsync(path)).Status, Is.EqualTo(404));

    [TestCase("/healthz")]
    [TestCase("/bootsb1")]
    [TestCase("/pagexcss")]
    public void Other_paths_are_somebody_elses(string path) => Assert.That(Routes().Find(new HttpRequestHead("GET", path, "localhost")), Is.Null);

    [Test]
    public async Task A_foreign_host_gets_no_page() => Assert.That((await Routes().Find(new HttpRequestHead("GET", "/", "evil.example"))!(default)).Status, Is.EqualTo(421));

    [Test]
    public async Task A_name_from_the_network_is_text_on_the_boots_page()
    {
        var server = new RecordedServer(new TestStore()).Run("1 RRQ <script>alert(1)</script>\u202e octet");
        using var journal = new BootJournal(new BootLimits(), new ManualTime(), _history.Update);
        foreach (var note in server.Notes) journal.Record(note);
        foreach (var path in (string[])["/boots/b1", "/api/boots/b1"])
        {
            var response = await AskAsync(path);
            var body = response.Bytes is { } bytes ? Encoding.UTF8.GetString(bytes) : response.Body;
            Assert.That(body, Does.Not.Contain("<script>alert").And.Not.Contain("\u202e").And.Contain("alert(1)"));
        }
    }

    [Test]
    public async Task A_boot_is_a_capture_that_can_be_read()
    {
        var server = new RecordedServer(new TestStore().Add("large", 3000)).Run("1 RRQ large octet blksize=1024\n1.1 ACK 0\n1.2 ACK 1\n1.3 ACK 2\n1.4 ACK 3");
        using var journal = new BootJournal(new BootLimits(), new ManualTime(), _history.Update);
        foreach (var note in server.Notes) journal.Record(note);
        var bytes = (await AskAsync("/boots/b1.pcapng")).Bytes!;
        var packets = ReadCapture.From(bytes).Packets;
        Assert.That(packets.Select(static packet => packet.OriginalLength - 28), Is.EqualTo(new uint[] { 27, 15, 4, 1028, 4, 1028, 4, 956, 4 }));
    }

    private async Task<HttpResponse> AskAsync(string path) => await Routes().Find(new HttpRequestHead("GET", path, "localhost"))!(default);

    private PageRoutes Routes() => new(Feed(), _history, null);

    private LiveFeed Feed() => new(static () => ValueTask.FromResult((new JsonText(), false)), _history, new ManualTime());
}
