using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class ConfineToRootTests
{
    [TestCase("boot.efi", false, "boot.efi")]
    [TestCase("/efi/boot.efi", false, "efi/boot.efi")]
    [TestCase("/efi/boot.efi", true, "boot.efi")]
    public void A_safe_name_becomes_a_path(string name, bool flat, string path)
    {
        var admission = Filter(name, flat);
        Assert.That(admission.IsStanding);
        Assert.That(admission.Path!.Value, Is.EqualTo(path));
    }

    [TestCase("../boot.efi", false)]
    [TestCase("efi/../../boot.efi", false)]
    [TestCase("../boot.efi", true)]
    public void An_unsafe_name_is_refused(string name, bool flat)
    {
        var admission = Filter(name, flat);
        Assert.That(admission.Refusal, Is.EqualTo(Refusal.UnsafePath with { Detail = "\"..\" in it" }));
        Assert.That(admission.Path, Is.Null);
    }

    [Test]
    public void An_earlier_refusal_stands()
    {
        var refused = new TestPeer("RRQ ../x octet").Admit(new Stage()).Refuse(Refusal.Extension);
        Assert.That(Observable.Return(refused).ConfineToRoot(new NamePolicy()).Wait(), Is.SameAs(refused));
    }

    [TestCase("RRQ ../file octet")]
    [TestCase("WRQ file octet")]
    [TestCase("RRQ file mail")]
    [TestCase("OPCODE9 file octet")]
    public void The_store_is_not_asked_for_what_is_refused(string request)
    {
        var store = new TestStore().Add("file", 10);
        new VirtualServer(store).Run($"0 {request}");
        Assert.That(store.Asked, Is.Empty);
    }

    [Test]
    public void Keeps_its_source_until_that_ends_or_nobody_listens()
    {
        var stage = new Stage();
        var admission = new TestPeer("RRQ file octet").Admit(stage);
        var (ending, lasting) = (stage.Hot(3, (1, admission), (2, admission)), stage.Hot(null, (1, admission), (5, admission)));
        stage.Watch(ending.ConfineToRoot(new NamePolicy()), admission => admission.Path!.Value);
        var subscription = stage.Watch(lasting.ConfineToRoot(new NamePolicy()), static _ => "other");
        stage.At(4, subscription.Dispose);
        Assert.That(stage.Run(), Is.EqualTo("1.000 file\n1.000 other\n2.000 file\n3.000 |"));
        Assert.That((ending.Subscriptions, lasting.Subscriptions), Is.EqualTo(("0.000-3.000", "0.000-4.000")));
    }

    [TestCase(".treeinfo", false)]
    [TestCase(".disk/info", false)]
    [TestCase(".treeinfo", true)]
    [TestCase(".disk/info", true)]
    public void A_hidden_name_needs_the_policys_leave(string name, bool hidden)
    {
        var admission = Filter(name, new NamePolicy { Hidden = hidden });
        Assert.That(admission.Path?.Value, Is.EqualTo(hidden ? name : null));
        Assert.That(admission.Refusal?.Detail, Is.EqualTo(hidden ? null : "hidden; --hidden serves it"));
    }

    [TestCase("/srv/tftp/x.efi", "srv/tftp/x.efi x.efi", Description = "beneath the root first")]
    [TestCase("""\srv\tftp\x.efi""", "srv/tftp/x.efi x.efi")]
    [TestCase("/data/boot/x.efi", "data/boot/x.efi x.efi", Description = "where the root really is")]
    [TestCase("/srv/tftp-secret/x.efi", "srv/tftp-secret/x.efi")]
    [TestCase("/srv/tftp", "srv/tftp")]
    [TestCase("srv/tftp/x.efi", "srv/tftp/x.efi")]
    [TestCase("/srv/.root/x.efi", "x.efi", Description = "a hidden root is no hidden name")]
    public void A_name_may_begin_with_the_roots_own_path(string name, string paths)
    {
        var admission = Filter(name, new NamePolicy { Root = new RootPath("/srv/tftp", "/data/boot/", "/srv/.root") });
        Assert.That(string.Join(' ', admission.Alternatives.Prepend(admission.Path!)), Is.EqualTo(paths));
    }

    [TestCase("/srv/tftp/../x")]
    [TestCase("/srv/tftp//../x")]
    [TestCase("/srv/.root/.x")]
    public void The_roots_own_path_makes_nothing_safe(string name) =>
        Assert.That(Filter(name, new NamePolicy { Root = new RootPath("/srv/tftp", "/srv/.root") }).Refusal?.Reason, Is.EqualTo(RefusalReason.UnsafePath));

    [Test]
    public void The_clients_own_folder_comes_first()
    {
        var admission = Filter("/srv/tftp/x.efi", new NamePolicy { PerClient = true, Root = new RootPath("/srv/tftp") });
        var folder = Stage.Flow.Remote.Address;
        Assert.That(admission.Alternatives.Prepend(admission.Path!).Select(path => path.Value),
            Is.EqualTo(new[] { $"{folder}/srv/tftp/x.efi", $"{folder}/x.efi", "srv/tftp/x.efi", "x.efi" }));
    }

    private static Admission Filter(string name, bool flat) => Filter(name, new NamePolicy { Flat = flat });

    private static Admission Filter(string name, NamePolicy policy) =>
        Observable.Return(new TestPeer($"RRQ {name} octet").Admit(new Stage())).ConfineToRoot(policy).Wait();
}
