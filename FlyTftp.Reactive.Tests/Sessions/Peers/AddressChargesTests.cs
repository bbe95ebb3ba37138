using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

internal sealed class AddressChargesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private AddressCharges _charges = null!;

    [SetUp]
    public void Begin() => _charges = new AddressCharges();

    [Test]
    public void Sums_up_what_all_ports_of_an_address_were_charged_and_gives_each_byte_once()
    {
        _charges.Add(Of(1), 100, Start);
        _charges.Add(Of(1) with { Port = 7 }, 50, Start.AddSeconds(59));
        _charges.Add(Of(2), 1000, Start);
        Assert.That(_charges.Take(Of(1), 120), Is.EqualTo(120));
        Assert.That(_charges.Take(Of(1), long.MaxValue), Is.EqualTo(30));
        Assert.That(_charges.Take(Of(1), 1), Is.Zero);
        Assert.That(_charges.Take(Of(3), 1), Is.Zero);
    }

    [Test]
    public void What_is_more_than_a_minute_old_is_forgotten()
    {
        _charges.Add(Of(1), 100, Start);
        _charges.Add(Of(1), 10, Start.AddMinutes(1));
        Assert.That(_charges.Take(Of(1), long.MaxValue), Is.EqualTo(10));
    }

    [Test]
    public void Knows_when_an_address_last_began_a_session()
    {
        Assert.That(_charges.NewestSession(Of(1)), Is.EqualTo(default(DateTimeOffset)));
        _charges.Begin(Of(1), Start.AddSeconds(2));
        _charges.Add(Of(1) with { Port = 7 }, 100, Start.AddSeconds(3));
        Assert.That(_charges.NewestSession(Of(1)), Is.EqualTo(Start.AddSeconds(2)));
        _charges.Begin(Of(1) with { Port = 7 }, Start.AddSeconds(4));
        Assert.That(_charges.NewestSession(Of(1)), Is.EqualTo(Start.AddSeconds(4)));
    }

    [Test]
    public void Of_too_many_addresses_the_oldest_is_forgotten()
    {
        for (var number = 0u; number <= AddressCharges.AddressesMax; number++) _charges.Add(Of(number), 100, Start);
        Assert.That(_charges.Count, Is.EqualTo(AddressCharges.AddressesMax));
        Assert.That(_charges.Take(Of(0), 1), Is.Zero);
        Assert.That(_charges.Take(Of(1), 1), Is.EqualTo(1));
        _charges.Add(Of(0), 1, Start.AddMinutes(1));
        Assert.That(_charges.Count, Is.EqualTo(1), "what is over makes room");
    }

    [Test]
    public void Who_begins_anew_each_minute_takes_no_memory()
    {
        for (var minute = 0; minute < 3 * AddressCharges.AddressesMax; minute++) _charges.Add(Of(1), 1, Start.AddMinutes(minute));
        Assert.That(_charges.Count, Is.EqualTo(1));
        Assert.That(_charges.Take(Of(1), long.MaxValue), Is.EqualTo(1));
    }

    private static Endpoint Of(uint number) => Endpoint.IPv4(0x0A00_0000 + number, 2000);
}
