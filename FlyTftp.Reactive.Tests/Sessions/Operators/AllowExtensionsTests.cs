using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class AllowExtensionsTests
{
    [TestCase("boot.efi", null)]
    [TestCase("boot.key", RefusalReason.Extension)]
    [TestCase("vmlinuz", RefusalReason.Extension)]
    [TestCase("../boot.efi", null)]
    public void Judges_the_extension_and_nothing_else(string name, RefusalReason? refusal)
    {
        Assert.That(ExtensionSet.TryParse(".efi", out var extensions, out _));
        Assert.That(Filter(name, extensions!).Refusal?.Reason, Is.EqualTo(refusal));
    }

    [Test]
    public void The_log_is_told_which_extension_is_missing() => Assert.That(
        Filter("boot.xyz", ExtensionSet.Default).Refusal, Is.EqualTo(Refusal.Extension with { Detail = "extension \".xyz\" is not in --allow" }));

    [Test]
    public void All_names_are_allowed_by_a_star() => Assert.That(Filter("server.key", ExtensionSet.All).IsStanding);

    [Test]
    public void An_earlier_refusal_stands()
    {
        Assert.That(ExtensionSet.TryParse(".efi", out var extensions, out _));
        var refused = new TestPeer("RRQ boot.key octet").Admit(new Stage()).Refuse(Refusal.UnknownMode);
        Assert.That(Observable.Return(refused).AllowExtensions(extensions!).Wait(), Is.SameAs(refused));
    }

    [Test]
    public void What_is_refused_for_its_extension_cannot_be_told_from_an_unsafe_path() =>
        Assert.That(Refusal.Extension.Report, Is.EqualTo(Refusal.UnsafePath.Report));

    [Test]
    public void Keeps_its_source_until_that_ends_or_nobody_listens()
    {
        var stage = new Stage();
        var admission = new TestPeer("RRQ file octet").Admit(stage);
        var (ending, lasting) = (stage.Hot(3, (1, admission), (2, admission)), stage.Hot(null, (1, admission), (5, admission)));
        stage.Watch(ending.AllowExtensions(ExtensionSet.All), admission => admission.Path?.Value ?? "standing");
        var subscription = stage.Watch(lasting.AllowExtensions(ExtensionSet.All), static _ => "other");
        stage.At(4, subscription.Dispose);
        Assert.That(stage.Run(), Is.EqualTo("1.000 standing\n1.000 other\n2.000 standing\n3.000 |"));
        Assert.That((ending.Subscriptions, lasting.Subscriptions), Is.EqualTo(("0.000-3.000", "0.000-4.000")));
    }

    private static FlyTftp.Reactive.Sessions.Admission Filter(string name, ExtensionSet extensions) =>
        Observable.Return(new TestPeer($"RRQ {name} octet").Admit(new Stage())).AllowExtensions(extensions).Wait();
}
