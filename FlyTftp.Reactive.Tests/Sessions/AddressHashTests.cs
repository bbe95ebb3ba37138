using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

internal sealed class AddressHashTests
{
    private const int Count = 16_384;

    /// <summary>Addresses of one /64 whose halves have the same exclusive or: the runtime's own hash code of a <c>ulong</c> is that.</summary>
    private static readonly Endpoint[] Folded =
        [.. Enumerable.Range(0, Count).Select(number => new Endpoint(0x2001_0DB8_0000_0000, (ulong)number << 32 | (uint)number ^ 0x1234_5678, 2000))];

    private static readonly Endpoint[] Neighbours =
        [.. Enumerable.Range(0, Count).Select(number => Endpoint.IPv4(0xCB00_7100 | (uint)number % 256, (ushort)(1024 + number / 256)))];

    [Test]
    public void Chosen_addresses_do_not_meet([Values("folded", "neighbours")] string kind)
    {
        var endpoints = kind == "folded" ? Folded : Neighbours;
        if (kind == "folded") Assert.That(endpoints.Select(endpoint => endpoint.Low.GetHashCode()).Distinct().Count(), Is.EqualTo(1), "the attack itself");
        Assert.That(endpoints.Select(endpoint => endpoint.GetHashCode()).Distinct().Count(), Is.GreaterThan(Count - 16));
        // As a table sees them: of 16,411 buckets that get about one each, none gets many.
        var buckets = endpoints.GroupBy(endpoint => (uint)endpoint.GetHashCode() % 16_411).Select(bucket => bucket.Count());
        Assert.That(buckets.Max(), Is.LessThan(64));
    }

    [Test]
    public void Every_part_of_an_address_counts()
    {
        var endpoint = new Endpoint(1, 2, 3, 4);
        Endpoint[] others =
        [
            endpoint, endpoint with { High = 1UL << 40 }, endpoint with { High = 2 }, endpoint with { Low = 1UL << 40 }, endpoint with { Low = 3 },
            endpoint with { Port = 4 }, endpoint with { Scope = 5 },
        ];
        Assert.That(others.Select(other => other.GetHashCode()).Distinct().Count(), Is.EqualTo(others.Length));
        Assert.That(new Endpoint(1, 2, 3, 4).GetHashCode(), Is.EqualTo(endpoint.GetHashCode()));
    }
}
