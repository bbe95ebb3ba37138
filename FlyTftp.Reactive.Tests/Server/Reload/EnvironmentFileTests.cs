using FlyTftp.Reactive.Server.Reload;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Reload;

public sealed class EnvironmentFileTests
{
    [TestCase("", "")]
    [TestCase("A=b", "A:b")]
    [TestCase("# comment\n; another\n\n A= b \nC=\n", "A:b C:")]
    [TestCase("A=\"b c\"\r\nD='e=f'\r\n", "A:b c D:e=f")]
    [TestCase("A=\"", "A:\"")]
    [TestCase("A=1\nA=2", "A:2")]
    public void Reads_what_systemd_and_docker_read(string text, string expected)
    {
        Assert.That(EnvironmentFile.TryParse(text, "env", out var variables, out var error), error);
        Assert.That(string.Join(' ', variables!.Select(variable => $"{variable.Key}:{variable.Value}")), Is.EqualTo(expected));
    }

    [TestCase("A")]
    [TestCase("=b")]
    [TestCase("A B=c")]
    public void Says_which_line_is_wrong(string line)
    {
        Assert.That(EnvironmentFile.TryParse($"X=y\n{line}\n", "env", out _, out var error), Is.False);
        Assert.That(error, Is.EqualTo("env:2: allowed are lines NAME=value and comments"));
    }
}
