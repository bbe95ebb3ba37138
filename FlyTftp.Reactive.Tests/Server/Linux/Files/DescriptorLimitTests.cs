using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Server.Linux.Files;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux.Files;

[Platform("Linux")]
internal sealed class DescriptorLimitTests
{
    private const int OpenFiles = 7;

    [Test]
    public unsafe void Takes_as_many_as_the_hard_limit_says()
    {
        var limits = stackalloc ulong[2];
        Assert.That(Libc.GetLimit(OpenFiles, limits), Is.Zero);
        var hard = limits[1];
        limits[0] = hard / 2;
        Assert.That(Libc.SetLimit(OpenFiles, limits), Is.Zero);

        Assert.That(DescriptorLimit.Raise(), Is.EqualTo((long)hard));

        Assert.That(Libc.GetLimit(OpenFiles, limits), Is.Zero);
        Assert.That((limits[0], limits[1]), Is.EqualTo((hard, hard)));
    }
}
