using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

public sealed class HelpTextTests
{
    [Test]
    public async Task Shows_an_argument_a_letter_and_a_default_in_columns() => Assert.That(await HelpAsync("get", "--help"), Is.EqualTo("""
        Download a file by TFTP.

        Usage: flytftp get URL [OPTIONS]

        Argument:
          URL  tftp://HOST[:PORT]/NAME

        Options:
          -o, --output <FILE>  Output file; - for standard output
                               [default: the URL's last segment]
          --blksize <N>        Block size to request, in bytes
                               [default: 1428]
          --windowsize <N>     Window size to request, in blocks
                               [default: 16]
          --max-size <N>       Largest file to accept, in bytes; K, M and G are understood
                               [default: 16G]
          -h, --help           Show this help

        """.ReplaceLineEndings("\n")));

    [Test]
    public async Task Shows_every_command_where_none_is_named()
    {
        var help = await HelpAsync("-h");
        foreach (var command in CommandLine.Commands) Assert.That(help, Does.Contain($"  {command.Name} ").And.Contain($"  {command.Help}\n"));
        Assert.That(help, Does.Contain("Usage: flytftp [COMMAND] [OPTIONS]\n").And.Contain("  --version ").And.Contain("  --root <DIR>"));
    }

    [TestCase("get -- -h")]
    [TestCase("check h:0 -- --help")]
    public async Task Is_not_asked_for_after_the_end_of_the_options(string arguments)
    {
        var context = new TestCommandContext();
        Assert.That(await context.RunAsync(arguments.Split(' ')), Is.EqualTo(ExitCode.BadArguments));
    }

    private static async Task<string> HelpAsync(params string[] arguments)
    {
        var context = new TestCommandContext();
        Assert.That((await context.RunAsync(arguments), context.Error), Is.EqualTo((ExitCode.Ok, "")));
        return context.Output;
    }
}
