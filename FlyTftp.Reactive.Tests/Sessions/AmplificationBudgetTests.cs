using System.Net;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

internal sealed class AmplificationBudgetTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private AmplificationBudget _budget = null!;

    [SetUp]
    public void Begin() => _budget = new AmplificationBudget();

    [TestCase("192.0.2.1", "192.0.2.255", true)]
    [TestCase("192.0.2.1", "192.0.3.1", false)]
    [TestCase("2001:db8::1", "2001:db8:0:ff:ffff::", true)]
    [TestCase("2001:db8::1", "2001:db8:0:100::", false)]
    [TestCase("192.0.2.1", "::ffff:192.0.2.7", true)]
    [TestCase("192.0.2.1", "2001:db8::1", false)]
    public void A_network_is_a_24_of_ipv4_and_a_56_of_ipv6(string one, string other, bool isSame)
    {
        Assert.That(Charge(one, AmplificationBudget.NetworkBurst));
        Assert.That(Charge(other, 1), Is.EqualTo(!isSame));
    }

    [Test]
    public void Ports_make_no_network()
    {
        Assert.That(_budget.TryCharge(Of("192.0.2.1", 1), AmplificationBudget.NetworkBurst, Start));
        Assert.That(_budget.TryCharge(Of("192.0.2.1", 2), 1, Start), Is.False);
    }

    [Test]
    public void No_charge_takes_nothing()
    {
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkBurst + 1), Is.False);
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkBurst));
        Assert.That(Charge("192.0.2.1", 0), "nothing can always be had");
    }

    [Test]
    public void Comes_back_at_its_rate_and_never_to_more_than_the_burst()
    {
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkBurst));
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkRate + 1, seconds: 1), Is.False);
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkRate, seconds: 1));
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkBurst + 1, seconds: 10_000), Is.False);
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkBurst, seconds: 10_000));
    }

    [Test]
    public void Of_several_pipelines_each_has_its_part_and_none_less_than_a_window()
    {
        _budget = new AmplificationBudget(pipelines: 8);
        const int part = AmplificationBudget.TotalBurst / 8;
        for (var spent = 0; spent < part; spent += AmplificationBudget.NetworkBurst)
            Assert.That(Charge($"10.0.{spent / AmplificationBudget.NetworkBurst}.1", AmplificationBudget.NetworkBurst));
        Assert.That(Charge("10.1.0.1", 1), Is.False);
        Assert.That(Charge("10.1.0.1", AmplificationBudget.TotalRate / 8, seconds: 1));
        Assert.That(Charge("10.0.0.1", AmplificationBudget.NetworkRate / 8 + 1, seconds: 1), Is.False);

        _budget = new AmplificationBudget(pipelines: 256);
        Assert.That(Charge("10.0.0.1", AmplificationBudget.NetworkBurst));
    }

    [Test]
    public void All_networks_together_have_their_own_bound()
    {
        const int networks = AmplificationBudget.TotalBurst / AmplificationBudget.NetworkBurst;
        for (var network = 0; network < networks; network++) Assert.That(Charge($"10.0.{network}.1", AmplificationBudget.NetworkBurst));
        Assert.That(Charge("10.1.0.1", 1), Is.False);
        Assert.That(Charge("10.1.0.1", AmplificationBudget.TotalRate, seconds: 1));
        Assert.That(Charge("10.1.0.1", 1, seconds: 1), Is.False);
    }

    [Test]
    public void What_is_given_back_can_be_spent_again_and_not_more()
    {
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkBurst));
        _budget.GiveBack(Of("192.0.2.9"), 1000);
        Assert.That(Charge("192.0.2.1", 1001), Is.False);
        Assert.That(Charge("192.0.2.1", 1000));
        _budget.GiveBack(Of("192.0.2.1"), int.MaxValue / 2);
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkBurst + 1), Is.False);
        Assert.That(Charge("192.0.2.1", AmplificationBudget.NetworkBurst));
    }

    [Test]
    public void What_is_given_back_counts_for_all_networks_too()
    {
        const int networks = AmplificationBudget.TotalBurst / AmplificationBudget.NetworkBurst;
        for (var network = 0; network < networks; network++) Assert.That(Charge($"10.0.{network}.1", AmplificationBudget.NetworkBurst));
        _budget.GiveBack(Of("10.0.0.1"), 5000);
        Assert.That(Charge("10.1.0.1", 5001), Is.False);
        Assert.That(Charge("10.1.0.1", 5000));
    }

    [Test]
    public void No_more_networks_are_kept_than_allowed_until_some_are_out_of_debt()
    {
        for (var network = 0u; network < AmplificationBudget.NetworksMax; network++)
            Assert.That(_budget.TryCharge(Endpoint.IPv4(network << 8, 1), 100, Start));
        Assert.That(_budget.TryCharge(Endpoint.IPv4(0xFFFF_FF00, 1), 1, Start), Is.False, "all of them are in debt");
        Assert.That(_budget.TryCharge(Endpoint.IPv4(0x0000_0100, 1), 1, Start), "one of them goes on");
        Assert.That(_budget.TryCharge(Endpoint.IPv4(0xFFFF_FF00, 1), 1, Start.AddSeconds(1)), "100 bytes are back long ago");
    }

    private static Endpoint Of(string address, int port = 2000) => Endpoint.From(IPAddress.Parse(address), port);

    private bool Charge(string address, int bytes, double seconds = 0) => _budget.TryCharge(Of(address), bytes, Start.AddSeconds(seconds));
}
