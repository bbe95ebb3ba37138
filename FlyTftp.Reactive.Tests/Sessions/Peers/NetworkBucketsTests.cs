using System.Net;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

internal sealed class NetworkBucketsTests
{
    private const int Burst = 6000, Rate = 100, TotalBurst = 60_000, TotalRate = 1000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private NetworkBuckets _buckets = null!;

    [SetUp]
    public void Begin() => _buckets = new NetworkBuckets(new BucketSize(Burst, Rate), new BucketSize(TotalBurst, TotalRate));

    [TestCase("192.0.2.1", "192.0.2.255", true)]
    [TestCase("192.0.2.1", "192.0.3.1", false)]
    [TestCase("2001:db8::1", "2001:db8:0:ff:ffff::", true)]
    [TestCase("2001:db8::1", "2001:db8:0:100::", false)]
    [TestCase("192.0.2.1", "::ffff:192.0.2.7", true)]
    [TestCase("192.0.2.1", "2001:db8::1", false)]
    public void A_network_is_a_24_of_ipv4_and_a_56_of_ipv6(string one, string other, bool isSame)
    {
        Assert.That(Charge(one, Burst));
        Assert.That(Charge(other, 1), Is.EqualTo(!isSame));
    }

    [Test]
    public void No_charge_takes_nothing()
    {
        Assert.That(Charge("192.0.2.1", Burst + 1), Is.False);
        Assert.That(Charge("192.0.2.1", Burst));
        Assert.That(Charge("192.0.2.1", 0), "nothing can always be had");
    }

    [Test]
    public void Comes_back_at_its_rate_and_never_to_more_than_the_burst()
    {
        Assert.That(Charge("192.0.2.1", Burst));
        Assert.That(Charge("192.0.2.1", Rate + 1, seconds: 1), Is.False);
        Assert.That(Charge("192.0.2.1", Rate, seconds: 1));
        Assert.That(Charge("192.0.2.1", Burst + 1, seconds: 10_000), Is.False);
        Assert.That(_buckets.Available(Of("192.0.2.1"), Start.AddSeconds(10_000)), Is.EqualTo(Burst));
    }

    [Test]
    public void All_networks_together_have_their_own_bound()
    {
        for (var network = 0; network < TotalBurst / Burst; network++) Assert.That(Charge($"10.0.{network}.1", Burst));
        Assert.That(Charge("10.1.0.1", 1), Is.False);
        Assert.That(Charge("10.1.0.1", TotalRate, seconds: 1));
        Assert.That(Charge("10.1.0.1", 1, seconds: 1), Is.False);
    }

    [Test]
    public void What_is_given_back_can_be_spent_again_and_not_more()
    {
        for (var network = 0; network < TotalBurst / Burst; network++) Assert.That(Charge($"10.0.{network}.1", Burst));
        _buckets.GiveBack(Of("10.0.0.9"), 1000);
        Assert.That(Charge("10.0.0.1", 1001), Is.False);
        Assert.That(Charge("10.0.0.1", 1000));
        Assert.That(Charge("10.1.0.1", 1), Is.False, "the total was given no more");
        _buckets.GiveBack(Of("10.0.0.1"), int.MaxValue);
        Assert.That(_buckets.Available(Of("10.0.0.1"), Start), Is.EqualTo(Burst));
    }

    [Test]
    public void A_network_is_short_when_less_than_half_is_left_and_for_a_while_after()
    {
        Assert.That(_buckets.IsShort(Of("192.0.2.1"), 0, Start), Is.False);
        Charge("192.0.2.1", Burst / 2);
        Assert.That(_buckets.IsShort(Of("192.0.2.1"), 0, Start), Is.False);
        Charge("192.0.2.1", 1);
        _buckets.GiveBack(Of("192.0.2.1"), Burst);
        Assert.That(_buckets.IsShort(Of("192.0.2.1"), 0, Start.AddSeconds(9.9)));
        Assert.That(_buckets.IsShort(Of("192.0.2.1"), 0, Start.AddSeconds(10)), Is.False);
        Assert.That(_buckets.IsShort(Of("192.0.3.1"), 0, Start), Is.False, "others are not");
    }

    [Test]
    public void Asking_in_vain_makes_it_short_too()
    {
        Assert.That(Charge("192.0.2.1", Burst + 1), Is.False);
        Assert.That(_buckets.IsShort(Of("192.0.2.1"), 0, Start));
    }

    [Test]
    public void No_more_networks_are_kept_than_allowed_until_some_are_out_of_debt()
    {
        _buckets = new NetworkBuckets(new BucketSize(Burst, Rate), new BucketSize(int.MaxValue, TotalRate));
        for (var network = 0u; network < NetworkBuckets.NetworksMax; network++)
            Assert.That(_buckets.TryCharge(Endpoint.IPv4(network << 8, 1), 100, Start));
        Assert.That(_buckets.TryCharge(Endpoint.IPv4(0xFFFF_FF00, 1), 1, Start), Is.False, "all of them are in debt");
        Assert.That(_buckets.TryCharge(Endpoint.IPv4(0x0000_0100, 1), 1, Start), "one of them goes on");
        Assert.That(_buckets.TryCharge(Endpoint.IPv4(0xFFFF_FF00, 1), 1, Start.AddSeconds(1)), "100 bytes are back");
    }

    private static Endpoint Of(string address) => Endpoint.From(IPAddress.Parse(address), 2000);

    private bool Charge(string address, int bytes, double seconds = 0) => _buckets.TryCharge(Of(address), bytes, Start.AddSeconds(seconds));
}
