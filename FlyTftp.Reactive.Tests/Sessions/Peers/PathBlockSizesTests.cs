using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Sessions.Peers;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Peers;

internal sealed class PathBlockSizesTests
{
    private const int Any = TransferParameters.MaxBlockSize;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private PathBlockSizes _sizes = null!;

    [SetUp]
    public void SetUp() => _sizes = new PathBlockSizes();

    [TestCase(8192, 1428)]
    [TestCase(1468, 1428)]
    [TestCase(1428, 1372)]
    [TestCase(1372, 1268)]
    [TestCase(1268, 1024)]
    [TestCase(600, 512)]
    [TestCase(512, Any)]
    public void The_next_smaller_size_is_granted_where_one_is_suspected(int suspected, int granted)
    {
        var sizes = new PathBlockSizes();
        sizes.Suspect(Of(1, 7), suspected, "a", Start);
        Assert.That(sizes.LimitFor(Of(1, 8), "a", Start), Is.EqualTo(granted));
    }

    [Test]
    public void A_suspicion_holds_for_one_name_and_address_and_for_ten_minutes()
    {
        _sizes.Suspect(Of(1, 7), 1468, "a", Start);
        Assert.That(_sizes.LimitFor(Of(1, 8), "b", Start), Is.EqualTo(Any));
        Assert.That(_sizes.LimitFor(Of(2, 8), "a", Start), Is.EqualTo(Any));
        Assert.That(_sizes.LimitFor(Of(1, 8), "a", Start.AddSeconds(599)), Is.EqualTo(1428));
        Assert.That(_sizes.LimitFor(Of(1, 8), "a", Start.AddSeconds(600)), Is.EqualTo(Any));
    }

    [Test]
    public void For_the_same_port_nothing_changes_as_long_as_a_copy_of_its_request_may_come()
    {
        _sizes.Suspect(Of(1, 7), 1468, "a", Start);
        Assert.That(_sizes.LimitFor(Of(1, 7), "a", Start.AddSeconds(3.9)), Is.EqualTo(Any));
        Assert.That(_sizes.LimitFor(Of(1, 7), "a", Start.AddSeconds(4)), Is.EqualTo(1428));
    }

    [Test]
    public void The_smaller_size_is_granted_for_all_names_once_it_has_got_through()
    {
        _sizes.Suspect(Of(1, 7), 1468, "a", Start);
        _sizes.Passed(Of(1, 8), 1024, Start.AddSeconds(4));
        Assert.That(_sizes.LimitFor(Of(1, 9), "b", Start.AddSeconds(5)), Is.EqualTo(Any));
        _sizes.Passed(Of(1, 8), 1428, Start.AddSeconds(5));
        Assert.That(_sizes.LimitFor(Of(1, 9), "b", Start.AddSeconds(5)), Is.EqualTo(1428));
    }

    [Test]
    public void A_larger_block_that_gets_through_ends_the_suspicion()
    {
        _sizes.Suspect(Of(1, 7), 1468, "a", Start);
        _sizes.Passed(Of(1, 7), 1468, Start.AddSeconds(1));
        Assert.That(_sizes.LimitFor(Of(1, 8), "a", Start.AddSeconds(5)), Is.EqualTo(Any));
    }

    [Test]
    public void What_has_got_through_lately_cannot_be_made_suspect_nor_limited()
    {
        _sizes.Passed(Of(1, 7), 1468, Start);
        // A smaller one tells nothing against that, and does not prolong it.
        _sizes.Passed(Of(1, 7), 512, Start.AddSeconds(300));
        _sizes.Suspect(Of(1, 8), 1468, "a", Start.AddSeconds(599));
        _sizes.Limit(Of(1, 8), 1200, Start.AddSeconds(599));
        Assert.That(_sizes.LimitFor(Of(1, 9), "a", Start.AddSeconds(599)), Is.EqualTo(Any));
        _sizes.Suspect(Of(1, 8), 1468, "a", Start.AddSeconds(600));
        Assert.That(_sizes.LimitFor(Of(1, 9), "a", Start.AddSeconds(600)), Is.EqualTo(1428));
    }

    [Test]
    public void Suspicions_go_down_step_by_step_to_what_gets_through_and_no_further()
    {
        _sizes.Suspect(Of(1, 7), 1428, "a", Start);
        _sizes.Suspect(Of(1, 8), 1372, "a", Start.AddSeconds(5));
        // Of a session that had begun before.
        _sizes.Suspect(Of(1, 6), 1428, "a", Start.AddSeconds(6));
        _sizes.Passed(Of(1, 9), 1268, Start.AddSeconds(10));
        _sizes.Suspect(Of(1, 10), 1268, "a", Start.AddSeconds(11));
        Assert.That(_sizes.LimitFor(Of(1, 11), "b", Start.AddSeconds(20)), Is.EqualTo(1268));
    }

    [Test]
    public void The_network_says_how_large_a_block_may_be_but_never_below_512()
    {
        _sizes.Limit(Of(1, 7), 1360, Start);
        Assert.That(_sizes.LimitFor(Of(1, 8), "b", Start), Is.EqualTo(1360));
        _sizes.Limit(Of(1, 7), 36, Start);
        Assert.That(_sizes.LimitFor(Of(1, 8), "b", Start), Is.EqualTo(512));
    }

    [Test]
    public void It_is_news_once_for_each_step()
    {
        _sizes.Suspect(Of(1, 7), 1428, "a", Start);
        Assert.That((_sizes.IsNews(Of(1, 8)), _sizes.IsNews(Of(1, 8)), _sizes.IsNews(Of(2, 8))), Is.EqualTo((true, false, false)));
        _sizes.Suspect(Of(1, 7), 1372, "a", Start);
        Assert.That(_sizes.IsNews(Of(1, 8)));
    }

    [Test]
    public void Of_too_many_addresses_the_oldest_is_forgotten_and_what_is_over_makes_room_first()
    {
        for (var number = 0u; number <= PathBlockSizes.AddressesMax; number++) _sizes.Suspect(Of(number, 7), 1468, "a", Start);
        Assert.That(_sizes.Count, Is.EqualTo(PathBlockSizes.AddressesMax));
        Assert.That(_sizes.LimitFor(Of(0, 8), "a", Start), Is.EqualTo(Any));
        Assert.That(_sizes.LimitFor(Of(1, 8), "a", Start), Is.EqualTo(1428));
        _sizes.Suspect(Of(0, 7), 1468, "a", Start.AddMinutes(10));
        Assert.That(_sizes.Count, Is.EqualTo(1));
    }

    private static Endpoint Of(uint number, ushort port) => Endpoint.IPv4(0x0A00_0000 + number, port);
}
