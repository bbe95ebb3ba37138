using System.Diagnostics;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Logging;

public sealed class LogSetupTests
{
    private string _folder = "", _program = "";

    [SetUp]
    public void MakeFolders() => (_folder, _program) = (Directory.CreateTempSubdirectory().FullName, Directory.CreateTempSubdirectory().FullName);

    [TearDown]
    public void RemoveFolders()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_program, recursive: true);
    }

    [TestCase("another owner")]
    [TestCase("writable by all")]
    [TestCase("a link")]
    public void Takes_no_rules_from_the_working_directory_that_another_may_have_put_there(string why)
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("Elsewhere none are taken from there at all.");
        var file = Path.Combine(_folder, LogSetup.FileName);
        if (why == "a link") File.CreateSymbolicLink(file, Path.Combine(_program, "other.config"));
        File.WriteAllText(file, "<nlog><rules><logger name='*' writeTo='trap'/></rules></nlog>");
        if (why == "writable by all" && OperatingSystem.IsLinux()) File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherWrite);
        if (why == "another owner")
        {
            if (Environment.UserName != "root") Assert.Ignore("Only root may give a file away.");
            using var chown = Process.Start("chown", ["65534", file]);
            chown.WaitForExit();
        }

        Assert.That(ErrorOf(null), Is.Null, "read, it would be an error");
        Assert.That(ErrorOf(file), Does.Contain("'trap'"), "named, it is read");
    }

    [Test]
    public void Does_without_a_working_directory()
    {
        Assert.That(LogSetup.TryLoad(null, _program, null, static _ => null, out var log, out var error), Is.True, error);
        log!.Dispose();
    }

    [Test]
    public void Loads_the_file_of_the_repository() => Assert.That(ErrorOf(Path.Combine(Repository.Root, "nlog.config")), Is.Null);

    [Test]
    public void Does_without_a_file() => Assert.That(ErrorOf(null), Is.Null);

    [TestCase(null)]
    [TestCase("Off")]
    [TestCase("trace")]
    public void Knows_the_levels_in_any_case(string? level) => Assert.That(ErrorOf(null, level: level), Is.Null);

    [Test]
    public void Can_write_JSON_without_a_file() => Assert.That(ErrorOf(null, target: "json"), Is.Null);

    [Test]
    public void Names_the_file_that_is_not_there() =>
        Assert.That(ErrorOf("none.config"), Is.EqualTo("none.config: there is no such file; name another, or none for nlog.config or the built-in rules"));

    [TestCase("<nlog><targets>", "Invalid XML document")]
    [TestCase("<nlog><targets><target name='a' type='Consol'/></targets></nlog>", "'Consol'")]
    [TestCase("<nlog><targets><target name='a' type='Terminal' layout='${nonsense}'/></targets><rules><logger name='*' writeTo='a'/></rules></nlog>", "nonsense")]
    [TestCase("<nlog><targets><target name='a' type='Terminal' color='1'/></targets></nlog>", "color")]
    [TestCase("<nlog><rules><logger name='*' writeTo='b'/></rules></nlog>", "'b'")]
    [TestCase("not XML at all", "Invalid XML document")]
    public void Says_in_one_line_what_is_wrong_with_a_file(string content, string expected)
    {
        var file = Path.Combine(_folder, LogSetup.FileName);
        File.WriteAllText(file, content);
        // Found by itself or named: the file was meant, and a log that is silently another is worse than none.
        Assert.That(ErrorOf(null), Does.StartWith($"{file}: ").And.Contain(expected).And.Not.Contain("\n"));
        Assert.That(ErrorOf(file), Is.EqualTo(ErrorOf(null)));
    }

    [Test]
    public void Names_the_levels_there_are() => Assert.That(
        ErrorOf(null, level: "loud"), Is.EqualTo("FLYTFTP_LOG_LEVEL=loud: allowed are Trace, Debug, Info, Warn, Error, Fatal and Off"));

    [Test]
    public void Names_the_targets_there_are() =>
        Assert.That(ErrorOf(null, target: "xml"), Is.EqualTo("FLYTFTP_LOG=xml: the built-in rule set knows console, json"));

    private string? ErrorOf(string? file, string? target = null, string? level = null)
    {
        var loaded = LogSetup.TryLoad(file, _program, _folder, Variable, out var log, out var error);
        log?.Dispose();
        Assert.That(loaded, Is.EqualTo(error is null));
        return error;

        string? Variable(string name) => name switch
        {
            LogSetup.TargetVariable => target,
            LogSetup.LevelVariable => level,
            _ => null,
        };
    }
}
