using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Cli.Commands;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Commands;

internal sealed class SimulateCommandTests
{
    [Test]
    public async Task Says_the_same_twice_and_succeeds()
    {
        var (one, again) = (new TestCommandContext(), new TestCommandContext());
        string[] arguments = ["simulate", "--seeds", "3..6", "--clients", "5", "--size", "8"];
        Assert.That(await one.RunAsync(arguments), Is.EqualTo(ExitCode.Ok), one.Output);
        await again.RunAsync(arguments);
        Assert.That(again.Output, Is.EqualTo(one.Output));
        Assert.That(one.Output, Does.Contain("seeds: 4, 0 failed").And.Contain("complete "));
        Assert.That(one.Error, Is.Empty);
    }

    [Test]
    public async Task Runs_behind_a_bottleneck_and_says_how_to_run_a_seed_again()
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("simulate", "--seeds", "1..2", "--clients", "5", "--size", "64", "--rate", "5", "--queue", "32", "--mtu", "1500"), Is.EqualTo(ExitCode.Ok), context.Output);
        Assert.That(SimulateArguments.TryParse(new SimulateTexts(null, null, null, null, null, null, null, "5", "32", "1400"), out var arguments, out _));
        Assert.That(arguments!.CommandFor(7), Does.EndWith(" --rtt 20 --rate 5 --queue 32 --mtu 1400"));
    }

    [TestCase("--seeds", "5..4")]
    [TestCase("--seeds", "-1")]
    [TestCase("--seeds", "1..99999999")]
    [TestCase("--clients", "0")]
    [TestCase("--clients", "1.5")]
    [TestCase("--size", "9999999")]
    [TestCase("--loss", "101")]
    [TestCase("--loss", "NaN")]
    [TestCase("--duplicate", "x")]
    [TestCase("--reorder", "-1")]
    [TestCase("--rtt", "2000")]
    [TestCase("--rate", "-1")]
    [TestCase("--queue", "0")]
    [TestCase("--queue", "1.5")]
    [TestCase("--mtu", "70000")]
    public async Task A_bad_value_is_one_line_that_names_the_option(string option, string value)
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("simulate", option, value), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error, Does.StartWith($"flytftp: {option} {value}: allowed are ").And.EndsWith("\n"));
        Assert.That(context.Error.TrimEnd(), Does.Not.Contain('\n'));
    }

    [Test]
    public async Task A_run_that_is_stopped_says_so()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync(stopped.Token, "simulate"), Is.EqualTo(ExitCode.Failed));
        Assert.That(context.Error, Does.Contain("stopped after 0 of 100 seeds"));
    }

    [Test]
    public async Task Draws_the_seed_it_was_asked_for()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var context = new TestCommandContext();
            Assert.That(await context.RunAsync("simulate", "--seeds", "3", "--clients", "5", "--size", "8", "--html", path), Is.EqualTo(ExitCode.Ok), context.Error);
            Assert.That(await File.ReadAllTextAsync(path), Does.Contain("seed 3").And.Contain("198.18.0.1:2000").And.EndsWith("</html>\n"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public async Task A_page_that_cannot_be_written_is_one_line()
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("simulate", "--seeds", "3", "--clients", "1", "--size", "1", "--html", "/nowhere/page.html"), Is.EqualTo(ExitCode.Failed));
        Assert.That(context.Error, Does.StartWith("flytftp: --html /nowhere/page.html: "));
    }

    [Test]
    public void The_command_for_a_seed_reads_as_the_same_settings()
    {
        var texts = new SimulateTexts("1..9", "7", "16", "12.5", "3", "4", "1.5");
        Assert.That(SimulateArguments.TryParse(texts, out var arguments, out _), Is.True);
        Assert.That(arguments!.CommandFor(5), Is.EqualTo(
            "flytftp simulate --seeds 5 --clients 7 --size 16 --loss 12.5 --duplicate 3 --reorder 4 --rtt 1.5"));
    }
}
