using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
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
        Assert.That(admission.Refusal, Is.EqualTo(Refusal.UnsafePath));
        Assert.That(admission.Path, Is.Null);
    }

    [Test]
    public void An_earlier_refusal_stands()
    {
        var refused = new TestPeer("RRQ ../x octet").Admit(new Stage()).Refuse(Refusal.Extension);
        Assert.That(Observable.Return(refused).ConfineToRoot(flat: false).Wait(), Is.SameAs(refused));
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
        stage.Watch(ending.ConfineToRoot(flat: false), admission => admission.Path!.Value);
        var subscription = stage.Watch(lasting.ConfineToRoot(flat: false), static _ => "other");
        stage.At(4, subscription.Dispose);
        Assert.That(stage.Run(), Is.EqualTo("1.000 file\n1.000 other\n2.000 file\n3.000 |"));
        Assert.That((ending.Subscriptions, lasting.Subscriptions), Is.EqualTo(("0.000-3.000", "0.000-4.000")));
    }

    private static Admission Filter(string name, bool flat) =>
        Observable.Return(new TestPeer($"RRQ {name} octet").Admit(new Stage())).ConfineToRoot(flat).Wait();
}
