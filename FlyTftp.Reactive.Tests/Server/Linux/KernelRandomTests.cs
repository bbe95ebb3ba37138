using FlyTftp.Reactive.Server.Linux;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux;

[Platform("Linux")]
internal sealed class KernelRandomTests
{
    [Test]
    public void Every_key_is_another() => Assert.That(Enumerable.Range(0, 1000).Select(_ => KernelRandom.Key()), Is.Unique);
}
