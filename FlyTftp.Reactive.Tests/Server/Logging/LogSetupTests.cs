using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Logging;

public sealed class LogSetupTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory().FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

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
        var loaded = LogSetup.TryLoad(file, [_folder], Environment, out var log, out var error);
        log?.Dispose();
        Assert.That(loaded, Is.EqualTo(error is null));
        return error;

        string? Environment(string name) => name switch
        {
            LogSetup.TargetVariable => target,
            LogSetup.LevelVariable => level,
            _ => null,
        };
    }
}
