using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Content.Templates;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Sessions.Peers;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

/// <summary>The rules themselves are Negotiation's; here is what the query gives them.</summary>
internal sealed class NegotiateOptionsTests
{
    [Test]
    public void The_blocksize_is_bounded_by_the_clients_own_flow()
    {
        Flow? asked = null;
        var negotiated = Negotiate("blksize=1468", new SessionLimits
        {
            BlockSizeMax = flow =>
            {
                asked = flow;
                return 1372;
            },
        });
        Assert.That(asked, Is.EqualTo(Stage.Flow));
        Assert.That(negotiated.Granted.ToString(), Is.EqualTo("blksize=1372"));
        Assert.That(negotiated.Parameters, Is.EqualTo(new TransferParameters(1372, 1, null)));
    }

    [Test]
    public void The_window_is_bounded_in_blocks_and_in_bytes()
    {
        var limits = new SessionLimits { WindowSizeMax = 10, WindowBytes = 6000 };
        Assert.That(Negotiate("windowsize=16", limits).Parameters.WindowSize, Is.EqualTo(10));
        Assert.That(Negotiate("windowsize=16 blksize=1000", limits).Parameters.WindowSize, Is.EqualTo(6));
        Assert.That(Negotiate("windowsize=4 blksize=1000", limits).Parameters.WindowSize, Is.EqualTo(4));
        Assert.That(Negotiate("windowsize=4 blksize=8000", limits).Parameters.WindowSize, Is.EqualTo(1));
    }

    [Test]
    public void The_size_is_the_contents() =>
        Assert.That(Negotiate("tsize=0 timeout=1").Granted.ToString(), Is.EqualTo("tsize=1000 timeout=1"));

    [Test]
    public void What_is_refused_is_passed_on_untouched()
    {
        var refused = new TestPeer("RRQ file octet blksize=9").Admit(new Stage()).Refuse(Refusal.NotFound);
        Assert.That(Observable.Return(refused).NegotiateOptions(new SessionLimits(), new PathBlockSizes(), Scheduler.Immediate).Wait(), Is.SameAs(refused));
    }

    [Test]
    public void A_bug_while_options_are_granted_leaves_no_file_open()
    {
        var store = new TestStore().Add("file", 1000);
        var server = new VirtualServer(store, new SessionLimits { BlockSizeMax = static _ => throw new InvalidOperationException("bug") });
        Assert.That(server.Run("0 RRQ file octet blksize=1024"), Is.EqualTo("""
            0.000 < RRQ file octet blksize=1024
            0.000 * faulted: 0 bytes, 0 blocks, 0 again (InvalidOperationException: bug)
            """));
    }

    [Test]
    public void Keeps_its_source_until_that_ends_or_nobody_listens()
    {
        var stage = new Stage();
        using var content = new TestStore().Add("file", 1000).Open("file");
        var admission = new TestPeer("RRQ file octet blksize=1024").Admit(stage) with { Content = content };
        var (ending, lasting) = (stage.Hot(3, (1, admission), (2, admission)), stage.Hot(null, (1, admission), (5, admission)));
        stage.Watch(ending.NegotiateOptions(new SessionLimits(), new PathBlockSizes(), stage.Scheduler), negotiated => negotiated.Granted.ToString());
        var subscription = stage.Watch(lasting.NegotiateOptions(new SessionLimits(), new PathBlockSizes(), stage.Scheduler), static _ => "other");
        stage.At(4, subscription.Dispose);
        Assert.That(stage.Run(), Is.EqualTo("1.000 blksize=1024\n1.000 other\n2.000 blksize=1024\n3.000 |"));
        Assert.That((ending.Subscriptions, lasting.Subscriptions), Is.EqualTo(("0.000-3.000", "0.000-4.000")));
    }

    private static Admission Negotiate(string options, SessionLimits? limits = null)
    {
        var stage = new Stage();
        var admission = new TestPeer($"RRQ file octet {options}").Admit(stage);
        Assert.That(SafePath.TryParse("file", flat: false, out var path));
        return Observable.Return(admission with { Path = path })
            .OpenContent(new TestStore().Add("file", 1000), TemplateSet.None, new SessionLimits(), stage.Scheduler).NegotiateOptions(limits ?? new SessionLimits(), new PathBlockSizes(), stage.Scheduler).Wait();
    }
}
