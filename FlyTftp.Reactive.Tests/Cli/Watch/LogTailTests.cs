using System.Text;
using FlyTftp.Reactive.Cli.Watch;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Cli.Watch;

public sealed class LogTailTests
{
    [Test]
    public void Keeps_the_last_lines_without_colours_and_gives_them_to_the_terminal_at_the_end()
    {
        using var terminal = new MemoryStream();
        using var tail = new LogTail(terminal);
        for (var number = 1; number <= LogTail.LinesMax + 1; number++) Write(tail, $"line {number}\n");
        Write(tail, "\e[33mwarning\e[0m\n");
        Assert.That(tail.Last(2), Is.EqualTo(new[] { "line 101", "warning" }));
        Assert.That(terminal.Length, Is.Zero);

        tail.Release();
        Write(tail, "later\n");
        var shown = Encoding.UTF8.GetString(terminal.ToArray()).Split('\n');
        Assert.That((shown[0], shown[^3], shown[^2]), Is.EqualTo(("line 3", "\e[33mwarning\e[0m", "later")));
    }

    private static void Write(LogTail tail, string text) => tail.Write(Encoding.UTF8.GetBytes(text));
}
