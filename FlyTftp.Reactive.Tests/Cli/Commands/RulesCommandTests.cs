using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Commands;

public sealed class RulesCommandTests
{
    private string _file = "";

    [SetUp]
    public void Write()
    {
        _file = Path.GetTempFileName();
        File.WriteAllText(_file, """
            # from tftp-hpa
            r  ^/            
            ri ^boot/        Boot/
            r  \.0$          .0\i
            a  secret
            """);
    }

    [TearDown]
    public void Delete() => File.Delete(_file);

    [Test]
    public async Task Shows_step_by_step_what_becomes_of_a_name()
    {
        var context = new TestCommandContext();
        Assert.That(await Run(context, _file, """\boot\BCD"""), Is.EqualTo(ExitCode.Ok));
        Assert.That(context.Output, Is.EqualTo("""
            2: r ^/: "boot/BCD"
            3: ri ^boot/ Boot/: "Boot/BCD"
            4: r \.0$ .0\i: no
            5: a secret: no
            "\boot\BCD" is "Boot/BCD"

            """.ReplaceLineEndings("\n")));
    }

    [TestCase("secret/x", "5: a secret: refuses it\n\"secret/x\" is refused: rule in line 5: refuses it\n")]
    [TestCase("x.xyz", "5: a secret: no\n\"x.xyz\" is refused: extension \".xyz\" is not in --allow\n")]
    [TestCase("../x", "5: a secret: no\n\"../x\" is refused: \"..\" in it\n")]
    public async Task Says_why_a_name_is_refused(string name, string end)
    {
        var context = new TestCommandContext();
        Assert.That(await Run(context, _file, name), Is.EqualTo(ExitCode.Failed));
        Assert.That(context.Output, Does.EndWith(end));
    }

    [Test]
    public async Task Asks_as_the_client_that_is_named()
    {
        var context = new TestCommandContext();
        Assert.That(await Run(context, _file, "pxelinux.0", "--client", "192.0.2.7", "--allow", "*"), Is.EqualTo(ExitCode.Ok));
        Assert.That(context.Output, Does.Contain("\"pxelinux.0\" is \"pxelinux.0192.0.2.7\""));
    }

    [TestCase("--client", "nobody", "--client nobody: allowed are an IPv4 and an IPv6 address")]
    public async Task A_bad_argument_is_one_line(string option, string value, string error)
    {
        var context = new TestCommandContext();
        Assert.That(await Run(context, _file, "x", option, value), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error.Trim(), Is.EqualTo($"flytftp: {error}"));
    }

    [Test]
    public async Task A_name_is_needed()
    {
        var context = new TestCommandContext();
        Assert.That(await Run(context, _file), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error.Trim(), Is.EqualTo("flytftp: rules: NAME is missing: rules FILE NAME"));
    }

    [Test]
    public async Task A_faulty_rule_is_told_with_its_file_and_line()
    {
        File.WriteAllText(_file, "r a b\nq x");
        var context = new TestCommandContext();
        Assert.That(await Run(context, _file, "x"), Is.EqualTo(ExitCode.BadArguments));
        Assert.That(context.Error, Does.StartWith($"flytftp: {_file}:2: operation \"q\""));
    }

    private static Task<int> Run(TestCommandContext context, params string[] arguments) =>
        context.RunAsync(["rules", .. arguments]);
}
