using System.Reactive;
using System.Reactive.Linq;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Simulation;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Simulation.Rules;

/// <summary>Servers that are broken on purpose: the simulation must find each of them out, within a few seeds.</summary>
internal sealed class RefereeTests
{
    private const int Seeds = 20;

    private static readonly SimulationSettings Settings = new(Clients: 10, FileSize: 16 * 1024, SimulationSettings.Default.Link);

    [Test]
    public void Finds_no_fault_in_the_server_itself() => Assert.That(FirstViolation(static said => said), Is.Null);

    [Test]
    public void Finds_a_datagram_after_the_end() => Assert.That(
        FirstViolation(static said => said.SelectMany(emission => Ended(emission) is null
            ? Observable.Return(emission)
            : Observable.Return(emission).Append(Emission.Error(emission.Peer!, new ErrorReport(ErrorCode.NotDefined, "goodbye"))))),
        Does.Contain("sent after its end"));

    [Test]
    public void Finds_an_OACK_too_many() => Assert.That(
        FirstViolation(static said => said.SelectMany(emission => emission.Kind == EmissionKind.OptionAcknowledgment
            ? Enumerable.Repeat(emission, 9)
            : [emission])),
        Does.Contain("sent its OACK more often"));

    [Test]
    public void Finds_a_window_too_many_to_a_peer_that_is_not_validated() => Assert.That(
        FirstViolation(static said => said.SelectMany(emission => emission is { Kind: EmissionKind.Blocks, FirstBlock: 1 }
            ? Enumerable.Repeat(emission, 9)
            : [emission])),
        Does.Contain("peer that is not validated").Or.Contain("sooner than anything can be answered").Or.Contain("says nothing new"));

    [Test]
    public void Finds_a_block_that_was_skipped() => Assert.That(
        FirstViolation(static said => said.Select(emission => emission is { Kind: EmissionKind.Blocks, FirstBlock: 5, BlockCount: > 1 }
            ? Emission.Blocks(emission.Peer!, emission.Transfer, 6, emission.BlockCount - 1, emission.LastLength, emission.IsRepeat)
            : emission)),
        Does.Contain("sent block 6 when 4 was acknowledged"));

    [Test]
    public void Finds_a_session_that_does_not_end() => Assert.That(
        FirstViolation(static said => said.Where(emission => Ended(emission) is not { Outcome: Outcome.GaveUp })), Does.Contain("never ended"));

    [Test]
    public void Finds_an_early_repeat() => Assert.That(
        FirstViolation(static (said, scheduler) => said.Merge(said.Where(emission => emission is { Kind: EmissionKind.Blocks, FirstBlock: > 20, BlockCount: 1 })
            .Delay(TimeSpan.FromMilliseconds(3), scheduler)), Settings with { TrustsPeers = true }),
        Does.Contain("sent again after").Or.Contain("was acknowledged").Or.Contain("timers are running").Or.Contain("after its end"));

    private static SessionEnded? Ended(Emission emission) => emission.Kind == EmissionKind.Note ? emission.SessionNote as SessionEnded : null;

    private static string? FirstViolation(Func<IObservable<Emission>, IObservable<Emission>> breakIt) => FirstViolation((said, _) => breakIt(said), Settings);

    private static string? FirstViolation(Func<IObservable<Emission>, System.Reactive.Concurrency.IScheduler, IObservable<Emission>> breakIt, SimulationSettings settings) =>
        Enumerable.Range(1, Seeds)
            .Select(seed => SeedRun.Run(seed, settings, (arrivals, store, limits, scheduler) =>
                arrivals.Serve(store, limits, Observable.Never<Unit>(), scheduler).Publish(said => breakIt(said, scheduler))).Violation)
            .FirstOrDefault(violation => violation is not null);
}
