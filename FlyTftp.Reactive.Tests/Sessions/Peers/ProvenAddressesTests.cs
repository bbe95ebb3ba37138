using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

internal sealed class ProvenAddressesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private ProvenAddresses _proven = null!;

    [SetUp]
    public void Begin() => _proven = new ProvenAddresses();

    [Test]
    public void One_proof_is_good_for_its_allowance_within_a_minute_from_any_port()
    {
        Assert.That(_proven.TryCharge(Of(1), 1, Start), Is.False);
        _proven.Add(Of(1), long.MaxValue, Start);
        Assert.That(_proven.TryCharge(Of(1) with { Port = 7 }, ProvenAddresses.AllowanceMax - 1, Start.AddSeconds(59)));
        Assert.That(_proven.TryCharge(Of(1), 2, Start.AddSeconds(59)), Is.False);
        Assert.That(_proven.TryCharge(Of(1), 1, Start.AddSeconds(60)), Is.False);
        Assert.That(_proven.TryCharge(Of(2), 1, Start), Is.False);
        _proven.Add(Of(1), long.MaxValue, Start.AddSeconds(90));
        Assert.That(_proven.TryCharge(Of(1), ProvenAddresses.AllowanceMax, Start.AddSeconds(149)));
    }

    [Test]
    public void An_address_is_known_for_a_minute_though_its_allowance_is_spent()
    {
        Assert.That(_proven.Knows(Of(1), Start), Is.False);
        _proven.Add(Of(1), 10, Start);
        Assert.That(_proven.TryCharge(Of(1), 10, Start));
        Assert.That(_proven.Knows(Of(1) with { Port = 7 }, Start.AddSeconds(59)));
        Assert.That(_proven.Knows(Of(1), Start.AddSeconds(60)), Is.False);
    }

    [Test]
    public void Of_too_many_the_oldest_is_forgotten_and_what_is_over_makes_room_first()
    {
        var proven = new ProvenAddresses();
        for (var number = 0u; number <= ProvenAddresses.AddressesMax; number++) proven.Add(Of(number), 1000, Start);
        Assert.That(proven.Count, Is.EqualTo(ProvenAddresses.AddressesMax));
        Assert.That(proven.TryCharge(Of(0), 1, Start), Is.False);
        Assert.That(proven.TryCharge(Of(1), 1, Start));
        proven.Add(Of(0), 1000, Start.AddSeconds(60));
        Assert.That(proven.Count, Is.EqualTo(1));
    }

    private static Endpoint Of(uint number) => Endpoint.IPv4(0x0A00_0000 + number, 2000);
}
