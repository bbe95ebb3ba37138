using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

internal sealed class FlowTests
{
    [Test]
    public void Both_ends_and_the_listener_tell_flows_apart()
    {
        var flow = Stage.Flow;
        Flow[] others =
        [
            flow with { Remote = flow.Remote with { Port = 1 } }, flow with { Local = flow.Local with { Low = 1 } }, flow with { Listener = 1 },
        ];
        Assert.That(others, Has.None.EqualTo(flow));
        Assert.That(new HashSet<Flow>([flow, .. others, flow with { Listener = 0 }]), Has.Count.EqualTo(4));
    }
}
