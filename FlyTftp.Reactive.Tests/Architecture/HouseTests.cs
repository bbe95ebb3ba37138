using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Architecture;

public sealed class HouseTests
{
    private const string Program = "FlyTftp.Reactive", Samples = "FlyTftp.Reactive.Tests.Architecture.Samples";

    private static readonly BannedSymbols Banned =
        new(File.ReadLines(Path.Combine(Repository.Root, "FlyTftp.Reactive", "BannedSymbols.txt")));

    private AssemblyUses _program = null!, _samples = null!;

    [OneTimeSetUp]
    public void ReadAssemblies()
    {
        _program = new AssemblyUses(typeof(Packet).Assembly.Location);
        _samples = new AssemblyUses(typeof(HouseTests).Assembly.Location);
    }

    [OneTimeTearDown]
    public void CloseAssemblies()
    {
        _program?.Dispose();
        _samples?.Dispose();
    }

    [Test]
    public void Every_type_lives_in_a_room() => Assert.That(
        _program.All.Select(use => use.From).Where(type => type.IsIn(Program) && new House(Program).RoomOf(type) is null).Distinct(), Is.Empty);

    [Test]
    public void Every_room_names_only_what_it_may() => Assert.That(new House(Program).Violations(_program.All), Is.Empty);

    [Test]
    public void No_floor_below_Server_and_Cli_names_a_banned_symbol() => Assert.That(NamesBanned(_program, Program), Is.Empty);

    [Test]
    public void Pointers_and_system_calls_stay_in_Server_Linux() => Assert.That(
        _program.Unsafe.Where(type => type.IsIn(Program) && !type.IsIn(Program + ".Server.Linux")), Is.Empty);

    [Test]
    public void Operators_that_use_time_are_given_their_scheduler() => Assert.That(
        _program.All.Where(use => use.From.IsIn(Program)).Where(TimesByDefault), Is.Empty);

    [Test]
    public void The_program_was_read_at_all()
    {
        var named = _program.All.Where(use => use.From.IsIn(Program + ".Sessions")).Select(use => use.To.ToString()).ToHashSet();
        Assert.That(named, Does.Contain("System.Reactive.Linq.Observable").And.Contain("FlyTftp.Reactive.Protocol.Packet"));
    }

    [Test]
    public void The_checks_find_each_violation_of_a_floor() => Assert.That(
        Culprits(new House(Samples).Violations(_samples.All)),
        Is.EqualTo((string[])["Logs", "NamesAHigherFloor", "NamesItsNeighbour", "NamesRx", "OpensASocket", "ReadsAFile", "StartsAThread"]));

    [Test]
    public void The_checks_find_each_banned_symbol() => Assert.That(
        NamesBanned(_samples, Samples).Select(use => $"{use.From.Name} {use.To.Name}").Distinct().Order(),
        Is.EqualTo((string[])
            ["AsksTheClock DateTimeOffset", "AsksTheClock Task", "Logs LogManager", "Logs Logger", "OpensASocket UdpClient", "RollsDice Random"]));

    [Test]
    public void The_checks_find_pointers_and_system_calls() => Assert.That(
        _samples.Unsafe.Where(type => type.IsIn(Samples)).Select(type => type.Name).Order(),
        Is.EqualTo((string[])["CallsTheSystem", "HasAPointer"]));

    [Test]
    public void The_checks_find_a_timer_without_a_scheduler() => Assert.That(
        Culprits(_samples.All.Where(use => use.From.IsIn(Samples)).Where(TimesByDefault)), Is.EqualTo((string[])["LeavesTheThread", "TimesByDefault"]));

    private static IEnumerable<Use> NamesBanned(AssemblyUses assembly, string root) => assembly.All.Where(use =>
        new House(root).RoomOf(use.From)?.Name.Split('.')[0] is { } floor && House.Timeless.Contains(floor) && Banned.Names(use));

    /// <summary>Rx puts each of these on the thread pool unless it is told where to.</summary>
    private static bool TimesByDefault(Use use) =>
        (IsTimed(use) || use is { To.Name: "TaskObservableExtensions", Member: "ToObservable" })
        && !use.Parameters.Contains("System.Reactive.Concurrency.IScheduler", StringComparison.Ordinal);

    private static bool IsTimed(Use use) =>
        use.To.ToString() == "System.Reactive.Linq.Observable"
        && (use.Member is "TimeInterval" or "Timestamp"
            || use.Parameters.Contains("System.TimeSpan", StringComparison.Ordinal)
            || use.Parameters.Contains("System.DateTimeOffset", StringComparison.Ordinal));

    private static IEnumerable<string> Culprits(IEnumerable<Use> uses) => uses.Select(use => use.From.Name).Distinct().Order(StringComparer.Ordinal);
}
