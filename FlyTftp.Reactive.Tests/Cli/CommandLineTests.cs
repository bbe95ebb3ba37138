using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

public sealed class CommandLineTests
{
    /// <summary>Stands for the names of all options of serve.</summary>
    private const string ServeOptions = "{serve}";

    private readonly string _root = Path.GetTempPath();

    [TestCase("--blksize-max 70000", "--blksize-max 70000: allowed are 8 to 65464 (bytes)")]
    [TestCase("serve --retries x", "--retries x: allowed are 0 to 255 (times)")]
    [TestCase("--retries=x", "--retries x: allowed are 0 to 255 (times)")]
    [TestCase("--frob 1", "--frob: no such option; allowed are --help, --version, " + ServeOptions)]
    [TestCase("serve --frob", "--frob: no such option; allowed are " + ServeOptions)]
    [TestCase("frob", "frob: no such command; allowed are serve, get, check, replay, record, simulate, boots, rules")]
    [TestCase("serve frob", "frob: one argument too many; see flytftp serve --help")]
    [TestCase("--root", "--root: a value is missing: --root DIR")]
    [TestCase("--root --flat", "--root: a value is missing: --root DIR")]
    [TestCase("--drain 1 --drain 2", "--drain: may be given only once")]
    [TestCase("--flat maybe", "--flat maybe: allowed are true and false")]
    [TestCase("@file", "@file: no such command; allowed are serve, get, check, replay, record, simulate, boots, rules")]
    [TestCase("get", "get: URL is missing: tftp://HOST[:PORT]/NAME")]
    [TestCase("get a b", "b: one argument too many; see flytftp get --help")]
    [TestCase("get x", "x: allowed are tftp://HOST[:PORT]/NAME")]
    [TestCase("get tftp://h/", "tftp://h/: the file's name is missing: tftp://HOST[:PORT]/NAME")]
    [TestCase("get tftp://h/x/..", "tftp://h/x/..: no name to save it under; name one with -o FILE")]
    [TestCase("get tftp://h/x -o", "--output: a value is missing: --output FILE")]
    [TestCase("get tftp://h/x -o a -o b", "--output: may be given only once")]
    [TestCase("get tftp://h/x --blksize 7", "--blksize 7: allowed are 8 to 65464 (bytes)")]
    [TestCase("get tftp://h/x --windowsize 16385", "--windowsize 16385: allowed are 1 to 16384 (blocks)")]
    [TestCase("get tftp://h/x --frob", "--frob: no such option; allowed are --output, --blksize, --windowsize, --max-size")]
    [TestCase("--retries 1 get tftp://h/x", "--retries: not an option of get; allowed are --output, --blksize, --windowsize, --max-size")]
    [TestCase("get tftp://h/x --max-size 1T", "--max-size 1T: allowed are numbers from 0 (bytes; 700M and 16G are understood)")]
    [TestCase("check h --timeout 0", "--timeout 0: allowed are 1 to 300 (seconds)")]
    [TestCase("check h:0", "h:0: allowed are HOST:PORT, [IPV6]:PORT, HOST, :PORT or PORT, the port 1 to 65535")]
    [TestCase("check a b", "b: one argument too many; see flytftp check --help")]
    public async Task Says_in_one_line_what_is_wrong_and_ends_with_2(string arguments, string line)
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync(arguments.Split(' ')), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error, Is.EqualTo($"flytftp: {line.Replace(ServeOptions, string.Join(", ", ServerOptionTable.All.Select(static option => option.Name)), StringComparison.Ordinal)}\n"));
        Assert.That((context.Output, context.Served), Is.EqualTo(("", (ServerOptions?)null)));
    }

    [Test]
    public async Task Says_which_variable_is_wrong()
    {
        var context = new TestCommandContext { Variables = { ["FLYTFTP_RETRIES"] = "x" } };
        Assert.That(await context.RunAsync(), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error, Is.EqualTo("flytftp: FLYTFTP_RETRIES=x: allowed are 0 to 255 (times)\n"));
    }

    [TestCase("--root {0} --listen a:1 --listen b:2 --flat")]
    [TestCase("serve --flat=true --root={0} --listen a:1,b:2")]
    [TestCase("--root {0} serve --listen a:1 --flat --listen b:2")]
    public async Task Serves_with_or_without_its_command(string arguments)
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync(arguments.Replace("{0}", _root, StringComparison.Ordinal).Split(' ')), Is.EqualTo(ExitCode.Ok), context.Error);
        Assert.That(context.Served!.Root, Is.EqualTo(_root));
        Assert.That(context.Served.Listen, Is.EqualTo(new ListenAddress[] { new("a", 1), new("b", 2) }));
        Assert.That(context.Served.Flat, Is.True);
    }

    [Test]
    public async Task Helps_with_every_option_and_its_variable()
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync("serve", "--help"), Is.EqualTo(ExitCode.Ok));
        foreach (var option in ServerOptionTable.All)
            Assert.That(context.Output, Does.Contain($"  {option.Name} <").And.Contain(option.Help).And.Contain($"; {option.EnvironmentName}]"));
    }

    [TestCase("get --help", "Download a file by TFTP")]
    [TestCase("check --help", "by downloading a small file")]
    [TestCase("get --frob --help", "--windowsize <N>")]
    [TestCase("--version", ".")]
    public async Task Helps_whoever_asks(string arguments, string expected)
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync(arguments.Split(' ')), Is.EqualTo(ExitCode.Ok));
        Assert.That((context.Output.Contains(expected, StringComparison.Ordinal), context.Error), Is.EqualTo((true, "")));
    }
}
