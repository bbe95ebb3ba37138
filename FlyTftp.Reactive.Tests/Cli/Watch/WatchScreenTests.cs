using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Cli.Watch;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Watch;

public sealed class WatchScreenTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ServerState Server = new("0.1.0+abc", Now - TimeSpan.FromMinutes(5), "", "", 2, 16384, ["0.0.0.0:69"], "/srv/tftp");

    [Test]
    public void Shows_what_runs_and_how_far_it_has_come()
    {
        var lines = new WatchScreen(hasColor: false).Draw(Picture(Running("large.img", 30, 100)), 120, 30);
        Assert.That(lines[0], Is.EqualTo("flytftp 0.1.0  0.0.0.0:69  /srv/tftp".PadRight(111) + "  up 5:00"));
        var row = lines.Single(static line => line.Contains("large.img", StringComparison.Ordinal));
        Assert.That(row, Does.StartWith("192.0.2.7:2070  iPXE").And.Contain("[======              ]  30%").And.EndWith("   1.2 kB/s   41 ms      3"));
    }

    [Test]
    public void A_finding_stands_in_the_place_of_what_happened_last()
    {
        var lines = new WatchScreen(hasColor: true).Draw(Picture() with { Boots = [Record("undionly.kpxe", "\"undionly.kpxe\" is not there")] }, 120, 30);
        Assert.That(lines.Single(static line => line.Contains("192.0.2.7", StringComparison.Ordinal)), Does.Contain("\e[31mfailed  \e[0m\"undionly.kpxe\" is not there"));
    }

    [Test]
    public void A_line_is_never_wider_and_a_picture_never_higher_than_the_terminal(
        [Values(40, 60, 79, 80, 99, 100, 200)] int width, [Values(1, 5, 12, 19, 20, 24, 60)] int height, [Values(0, 1, 90)] int running)
    {
        var picture = Picture([.. Enumerable.Range(0, running).Select(static _ => Running(new string('启', 300) + "\e[2J", 1, null))]) with
        {
            Boots = [.. Enumerable.Range(0, 90).Select(static _ => Record(new string('x', 500), new string('y', 500)))],
            Log = [.. Enumerable.Range(0, 90).Select(static _ => new string('z', 500))],
        };
        var lines = new WatchScreen(hasColor: false).Draw(picture, width, height);
        Assert.That(lines, Has.Count.EqualTo(height));
        Assert.That(lines.Max(Columns.Of), Is.LessThanOrEqualTo(width));
        Assert.That(string.Concat(lines), Does.Not.Contain('\e').And.Not.Contain('\n'));
    }

    [Test]
    public void Says_how_many_transfers_are_not_shown()
    {
        var lines = new WatchScreen(hasColor: false).Draw(Picture([.. Enumerable.Range(0, 90).Select(static _ => Running("large.img", 1, 2))]), 100, 24);
        var shown = lines.Count(static line => line.Contains("large.img", StringComparison.Ordinal));
        Assert.That(lines, Has.Member($"  and {90 - shown} more"));
    }

    private static WatchPicture Picture(params RunningTransfer[] running) => new(Now, Server, running, [], []);

    private static RunningTransfer Running(string file, long bytes, long? size) => new(
        Endpoint.IPv4(0xC0000207, 2070), new Request(file, "octet", new OptionSet(new TransferOption("blksize", "1432"), new TransferOption("tsize", "0"))), Now, bytes, size, 1200, 3, TimeSpan.FromMilliseconds(41));

    private static BootRecord Record(string step, string finding) => new("b1", new Boot(Endpoint.IPv4(0xC0000207, 0), Now, Now)
    {
        IsOver = true,
        Steps = [new BootStep(Now, step, true)],
        Findings = [new BootFinding(FindingKind.FileMissing, finding)],
    }, [], 1);
}
