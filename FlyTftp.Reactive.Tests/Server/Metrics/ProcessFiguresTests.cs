using FlyTftp.Reactive.Server.Metrics;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Metrics;

public class ProcessFiguresTests
{
    [Test]
    public void Agrees_with_the_framework()
    {
        using var process = ProcessFigures.Open(TimeProvider.System);
        using var framework = System.Diagnostics.Process.GetCurrentProcess();

        Assert.That(process.ResidentBytes(), Is.EqualTo(framework.WorkingSet64).Within(20).Percent);
        var started = new DateTimeOffset(framework.StartTime.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeMilliseconds() / 1000.0;
        Assert.That(process.StartedUnixSeconds, Is.EqualTo(started).Within(1.5));
        Assert.That(ProcessFigures.CpuSeconds(), Is.GreaterThan(0));
    }

    [Test]
    [Platform("Linux")]
    public void Sees_a_descriptor_come_and_go()
    {
        using var process = ProcessFigures.Open(TimeProvider.System);
        // Other tests run in this process: a hundred of them stand out.
        var before = process.CountDescriptors();
        var files = Enumerable.Range(0, 100).Select(_ => File.OpenHandle("/dev/null")).ToList();

        Assert.That(process.CountDescriptors(), Is.EqualTo(before + 100).Within(20));

        files.ForEach(file => file.Dispose());
        Assert.That(process.CountDescriptors(), Is.EqualTo(before).Within(20));
    }
}
