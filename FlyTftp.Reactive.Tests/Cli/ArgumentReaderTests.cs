using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Cli.Commands;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli;

public sealed class ArgumentReaderTests
{
    private static readonly CommandOption Root = new("--root", "DIR", "Folder", Letter: 'r'), Listen = new("--listen", "HOST", "Address", IsRepeatable: true), Flat = new("--flat", null, "Flat");

    private static readonly Command
        Serve = new("serve", "Serve", null, [Root, Listen, Flat], Nothing),
        Get = new("get", "Get", new CommandArgument("URL", "a URL"), [Root, Flat], Nothing),
        Check = new("check", "Check", new CommandArgument("HOST", "a host", IsRequired: false), [], Nothing);

    [TestCase("", "serve")]
    [TestCase("--root a", "serve --root=a")]
    [TestCase("--root=a", "serve --root=a")]
    [TestCase("--root=a=b", "serve --root=a=b")]
    [TestCase("--root=", "serve --root=")]
    [TestCase("--root=--flat", "serve --root=--flat")]
    [TestCase("-r a", "serve --root=a")]
    [TestCase("-r=a", "serve --root=a")]
    [TestCase("-r -1", "serve --root=-1")]
    [TestCase("--root -", "serve --root=-")]
    [TestCase("--root get", "serve --root=get")]
    [TestCase("--listen a --flat --listen=b", "serve --listen=a --listen=b --flat=true")]
    [TestCase("--flat get x", "get x --flat=true")]
    [TestCase("--flat no", "serve --flat=no")]
    [TestCase("--flat=no get x", "get x --flat=no")]
    [TestCase("get --flat no", "get no --flat=true")]
    [TestCase("serve --flat get", "serve --flat=get")]
    [TestCase("--root a get x", "get x --root=a")]
    [TestCase("get -- --root", "get --root")]
    [TestCase("get -", "get -")]
    [TestCase("get x --", "get x")]
    [TestCase("check", "check")]
    public void Reads(string line, string expected) => Assert.That(Read(line), Is.EqualTo(expected));

    [TestCase("--root", "--root: a value is missing: --root DIR")]
    [TestCase("-r --flat", "--root: a value is missing: --root DIR")]
    [TestCase("--root a -r b", "--root: may be given only once")]
    [TestCase("--flat --flat", "--flat: may be given only once")]
    [TestCase("-x", "-x: no such option; allowed are --help, --version, --root, --listen, --flat")]
    [TestCase("--rot=a", "--rot: no such option; did you mean --root?")]
    [TestCase("--", null)]
    [TestCase("-- get", "get: one argument too many; see flytftp serve --help")]
    [TestCase("get", "get: URL is missing: a URL")]
    [TestCase("get a b", "b: one argument too many; see flytftp get --help")]
    [TestCase("--listen a get x", "--listen: not an option of get; allowed are --root, --flat")]
    [TestCase("get --version", "--version: no such option; allowed are --root, --flat")]
    [TestCase("get get", null)]
    public void Says_what_is_wrong(string line, string? expected) => Assert.That(new ArgumentReader([Serve, Get, Check]).Read(Split(line)), Is.EqualTo(expected));

    [Test]
    public void Takes_an_empty_word_for_a_command_that_does_not_exist() => Assert.That(
        new ArgumentReader([Serve, Get, Check]).Read([""]), Is.EqualTo("\"\": no such command; allowed are serve, get, check"));

    [Test]
    public void Knows_a_version_before_a_command_only()
    {
        var reader = new ArgumentReader([Get]);
        Assert.That((reader.Read(["--version"]), reader.WantsVersion), Is.EqualTo(((string?)null, true)));
    }

    private static string Read(string line)
    {
        var reader = new ArgumentReader([Serve, Get, Check]);
        Assert.That(reader.Read(Split(line)), Is.Null);
        var options = reader.Command.Options.SelectMany(option => reader.Given.Values(option.Name).Select(value => $" {option.Name}={value}"));
        return reader.Command.Name + (reader.Given.Argument is { } argument ? " " + argument : "") + string.Concat(options);
    }

    private static string[] Split(string line) => line.Length == 0 ? [] : line.Split(' ');

    private static Task<int> Nothing(GivenArguments given, CommandContext context, CancellationToken stopping) => Task.FromResult(ExitCode.Ok);
}
