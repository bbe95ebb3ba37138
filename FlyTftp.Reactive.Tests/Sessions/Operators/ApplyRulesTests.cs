using System.Reactive.Linq;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Content.Rules;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Operators;
using FlyTftp.Reactive.Tests.Content.Rules;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class ApplyRulesTests
{
    [Test]
    public void A_name_becomes_what_the_rules_make_of_it_at_once()
    {
        var (stage, peer) = (new Stage(), new TestPeer(@"RRQ \Boot\BCD octet"));
        stage.Watch(Observable.Return(peer.Admit(stage)).ApplyRules(RuleFileTests.Parse("ri ^/boot/ boot/")), admission => admission.Name);
        Assert.That(stage.Run(), Is.EqualTo("0.000 boot/BCD\n0.000 |"));
        Assert.That(peer.IsHeard, Is.False);
    }

    [Test]
    public void A_rule_may_refuse()
    {
        var refused = Apply("RRQ secret octet", "a secret");
        Assert.That(refused.Refusal, Is.EqualTo(Refusal.Rule with { Detail = "rule in line 1: refuses it" }));
        Assert.That(refused.Refusal!.Report, Is.EqualTo(Refusal.Extension.Report), "a client cannot tell which filter it met");
    }

    [Test]
    public void An_earlier_refusal_stands()
    {
        var refused = new TestPeer("RRQ x octet").Admit(new Stage()).Refuse(Refusal.UnknownMode);
        Assert.That(Observable.Return(refused).ApplyRules(RuleFileTests.Parse("r x y")).Wait(), Is.SameAs(refused));
    }

    [Test]
    public void Without_rules_it_is_not_there()
    {
        var admissions = Observable.Never<Admission>();
        Assert.That(admissions.ApplyRules(RuleSet.None), Is.SameAs(admissions));
    }

    [TestCase("r ^ ../")]
    [TestCase("r ^ /etc/../../")]
    [TestCase("r x .ssh/id_rsa")]
    [TestCase("r x x\\\\..\\\\..\\\\y")]
    public void What_a_rule_makes_goes_through_the_same_filters(string rules)
    {
        var store = new TestStore().Add("x", 10);
        var names = new ServedNames(new NamePolicy { Rules = RuleFileTests.Parse(rules) });
        var server = new VirtualServer(store, new SessionLimits { Names = names });
        server.Run("0 RRQ x octet");
        Assert.That(store.Asked, Is.Empty);
        Assert.That(server.Ended.Single().Outcome, Is.EqualTo(Outcome.Refused));
    }

    [Test]
    public void Another_policy_holds_for_the_sessions_that_come_after_it()
    {
        var store = new TestStore().Add("one", 10).Add("two", 20);
        var names = new ServedNames(new NamePolicy { Rules = RuleFileTests.Parse("r x one") });
        new VirtualServer(store, new SessionLimits { Names = names }).Run("0 RRQ one octet");
        names.Current = new NamePolicy { Rules = RuleFileTests.Parse("r one two") };
        store.Asked.Clear();
        new VirtualServer(store.Add("one", 20), new SessionLimits { Names = names }).Run("0 RRQ one octet");
        Assert.That(store.Asked, Is.EqualTo(new[] { "two" }));
    }

    private static Admission Apply(string request, string rules) =>
        Observable.Return(new TestPeer(request).Admit(new Stage())).ApplyRules(RuleFileTests.Parse(rules)).Wait();
}
