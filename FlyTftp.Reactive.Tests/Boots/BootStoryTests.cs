using System.Net;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Boots;

public class BootStoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_run_of_names_that_are_not_there_is_one_step()
    {
        var boot = Tell([
            Of("RRQ pxelinux.0 octet tsize=0 blksize=1408", TransferEnding.Complete) with { Bytes = 42_430, Blocks = 30, HasAcknowledged = true },
            .. Enumerable.Range(1, 9).Select(static number => Missing($"pxelinux.cfg/{number}")),
            Of("RRQ pxelinux.cfg/default octet", TransferEnding.Complete) with { Bytes = 300, Blocks = 1 },
        ]);
        Assert.That(boot.Steps.Select(static step => step.Text), Is.EqualTo(new[]
        {
            "fetched \"pxelinux.0\": 42.4 kB in 1 s",
            "tried 9 names that are not there, \"pxelinux.cfg/1\" to \"pxelinux.cfg/9\"",
            "fetched \"pxelinux.cfg/default\": 300 bytes in 1 s",
        }));
        Assert.That(boot.Findings, Is.Empty);
        Assert.That(boot.Title, Is.EqualTo("192.0.2.1 looks like PXELINUX or syslinux; server 198.51.100.1"));
        Assert.That((boot.Files, boot.Bytes, boot.IsProven), Is.EqualTo((2, 42_730L, true)));
    }

    [TestCase(TransferEnding.GaveUp, 0, false, FindingKind.NothingAcknowledged)]
    [TestCase(TransferEnding.GaveUp, 0, true, FindingKind.LargeBlocksLost)]
    [TestCase(TransferEnding.GaveUp, 7, true, FindingKind.FellSilent)]
    [TestCase(TransferEnding.Unconfirmed, 7, true, FindingKind.LastAckLost)]
    [TestCase(TransferEnding.ServerSilent, 7, true, FindingKind.ServerSilent)]
    [TestCase(TransferEnding.Unanswered, 0, false, FindingKind.Unanswered)]
    [TestCase(TransferEnding.Unreachable, 0, false, FindingKind.Unreachable)]
    [TestCase(TransferEnding.Faulted, 7, true, FindingKind.ServerFailed)]
    [TestCase(TransferEnding.Closed, 7, true, FindingKind.ClientError)]
    public void Finds(TransferEnding ending, long blocks, bool hasAcknowledged, FindingKind kind)
    {
        var boot = Tell(Of("RRQ a.efi octet blksize=1468", ending) with
        {
            Blocks = blocks,
            HasAcknowledged = hasAcknowledged,
            Detail = "ERROR 3 \"disk full\"",
            Granted = Stage.Request("RRQ a.efi octet blksize=1468").Options,
        });
        Assert.That(boot.Findings.Select(static finding => finding.Kind), Is.EqualTo(new[] { kind }));
        Assert.That(boot.Steps.Single().IsWrong, Is.EqualTo(ending != TransferEnding.Unconfirmed));
    }

    [Test]
    public void What_is_normal_is_no_finding()
    {
        var boot = Tell(
            Of("RRQ a.efi octet tsize=0 blksize=1468", TransferEnding.Probe), Missing("autoexec.ipxe"), Of("RRQ a.efi octet blksize=1468", TransferEnding.Complete),
            Of("RRQ b.efi octet", TransferEnding.Unfinished));
        Assert.That(boot.Findings, Is.Empty);
        Assert.That(boot.Steps.Any(static step => step.IsWrong), Is.False);
    }

    [Test]
    public void A_missing_file_names_the_one_that_is_there()
    {
        var boot = Tell(Missing("Boot.EFI") with { NearestName = "boot.efi" }, Missing("gone.efi"));
        Assert.That(boot.Findings.Select(static finding => finding.Kind), Is.EqualTo(new[] { FindingKind.NameDiffers, FindingKind.FileMissing }));
    }

    [Test]
    public void The_fourth_time_is_a_finding_and_the_figure_grows()
    {
        var boot = Tell([.. Enumerable.Repeat(Of("RRQ a.efi octet", TransferEnding.Complete), 4)]);
        Assert.That(boot.Findings.Single().Text, Does.StartWith("\"a.efi\" was asked for 4 times"));
    }

    [Test]
    public void One_block_a_round_trip_is_a_finding_where_it_is_slow()
    {
        var transfer = Of("RRQ a.efi octet blksize=1468", TransferEnding.Complete) with
        {
            Blocks = 1000,
            Bytes = 1_468_000,
            RoundTrip = TimeSpan.FromMilliseconds(120),
            HasAcknowledged = true,
        };
        Assert.That(Tell(transfer).Findings.Single().Text, Does.Contain("one block a round trip of 120 ms, which is 12.2 kB a second"));
        Assert.That(Tell(transfer with { RoundTrip = TimeSpan.FromMilliseconds(1) }).Findings, Is.Empty);
        Assert.That(Tell(transfer with { Granted = Stage.Request("RRQ a octet windowsize=8").Options }).Findings, Is.Empty);
    }

    [Test]
    public void Who_goes_elsewhere_than_DHCP_said_is_a_finding()
    {
        var direction = new BootDirection(Stage.Flow.Remote, Start, Endpoint.From(IPAddress.Parse("198.51.100.9"), 67), "198.51.100.9", "ipxe.efi", IsProxy: false);
        var boot = Tell(direction, Of("RRQ snponly.efi octet", TransferEnding.Complete));
        Assert.That(boot.Steps[0].Text, Is.EqualTo("DHCP server 198.51.100.9 named server 198.51.100.9 and \"ipxe.efi\""));
        Assert.That(boot.Findings.Single().Kind, Is.EqualTo(FindingKind.DirectedElsewhere));
        Assert.That(Tell(direction with { Server = "198.51.100.1" }, Of("RRQ ipxe.efi octet", TransferEnding.Complete)).Findings, Is.Empty);
    }

    [Test]
    public void Neither_steps_nor_findings_grow_without_bound()
    {
        var boot = Tell([.. Enumerable.Range(0, 1000).Select(static number => Of($"RRQ {number} octet", TransferEnding.GaveUp))]);
        Assert.That((boot.Steps.Count, boot.StepsLeftOut, boot.Findings.Count), Is.EqualTo((BootStory.MaxSteps, 1000 - BootStory.MaxSteps, BootStory.MaxFindings)));
    }

    [Test]
    public void What_a_client_sends_is_printable()
    {
        var boot = Tell(Of("RRQ a\u001b[31m\u202Eb octet", TransferEnding.Closed) with { Detail = "\r\n" });
        Assert.That(boot.Steps.Concat(boot.Findings.Select(static finding => new BootStep(default, finding.Text, true))).SelectMany(static step => step.Text), Has.None.Matches<char>(char.IsControl));
    }

    private static Boot Tell(params BootEvent[] events)
    {
        var story = new BootStory(1, Stage.Flow.Remote with { Port = 0 }, Start);
        foreach (var said in events) story.Add(said);
        return story.Tell(isOver: true);
    }

    private static BootTransfer Of(string request, TransferEnding ending) =>
        new(Stage.Flow.Remote, Stage.Flow.Local, Stage.Request(request), ending, Start, Start.AddSeconds(1));

    private static BootTransfer Missing(string name) => Of($"RRQ {name} octet", TransferEnding.Refused) with { Refusal = RefusalReason.NotFound };
}
