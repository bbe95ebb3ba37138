using System.Text;
using FlyTftp.Reactive.Server.Logging;
using NLog;
using NLog.Config;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Logging;

[NonParallelizable] // One test sets an environment variable.
public sealed class TerminalTargetTests
{
    [Test]
    public void Colours_by_level_and_leaves_the_everyday_line_alone() => Assert.That(
        Written(coloured: true, LogLevel.Debug, LogLevel.Info, LogLevel.Warn, LogLevel.Error),
        Is.EqualTo("\e[90mDebug größe\e[0m\nInfo größe\n\e[33mWarn größe\e[0m\n\e[31mError größe\e[0m\n"));

    [Test]
    public void Is_plain_when_asked_to() => Assert.That(Written(coloured: false, LogLevel.Error), Is.EqualTo("Error größe\n"));

    [TestCase("1")]
    [TestCase("anything")]
    public void Is_plain_with_NO_COLOR_whatever_its_value(string value)
    {
        Environment.SetEnvironmentVariable("NO_COLOR", value);
        try
        {
            Assert.That(Written(coloured: true, LogLevel.Error), Is.EqualTo("Error größe\n"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("NO_COLOR", null);
        }
    }

    private static string Written(bool coloured, params LogLevel[] levels)
    {
        using var output = new MemoryStream();
        using var factory = new LogFactory();
        var rules = new LoggingConfiguration(factory);
        using var target = new TerminalTarget { Output = output, Coloured = coloured, Layout = "${level} ${message}" };
        rules.AddRule(LogLevel.Trace, LogLevel.Fatal, target);
        factory.Configuration = rules;
        foreach (var level in levels) factory.GetLogger("any").Log(level, "größe");
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
