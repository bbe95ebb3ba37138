using System.Globalization;
using System.Net;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using FlyTftp.Reactive.Boots;
using FlyTftp.Reactive.Server.Live;
using FlyTftp.Reactive.Server.Loop;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;

namespace FlyTftp.Reactive.Tests.Server.Loop;

/// <summary>The pipeline on virtual time with a flight recorder.</summary>
internal sealed class RecordedServer
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Subject<Datagram> _arrivals = new();

    public RecordedServer(TestStore store)
    {
        Recorder = new FlightRecorder(Scheduler);
        _arrivals.Serve(store, new SessionLimits(), Observable.Never<Unit>(), new SessionCount(), Scheduler)
            .Subscribe(emission =>
            {
                if (emission.Kind == EmissionKind.Note) Notes.Add(Recorder.Tell(emission));
                else Recorder.Say(emission);
            });
    }

    public HistoricalScheduler Scheduler { get; } = new(Epoch);

    public FlightRecorder Recorder { get; }

    public List<SessionNote> Notes { get; } = [];

    public SessionEnded Ended => Notes.OfType<SessionEnded>().Last();

    /// <summary>Lines of a time in seconds and a packet from 192.0.2.7.</summary>
    public RecordedServer Run(string script, ushort port = 2070)
    {
        foreach (var line in script.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            Scheduler.AdvanceTo(Epoch + TimeSpan.FromSeconds(double.Parse(line[..space], CultureInfo.InvariantCulture)));
            _arrivals.OnNext(new Datagram(FlowOf(port), PacketScript.Encode(line[(space + 1)..])));
        }

        return this;
    }

    public static Flow FlowOf(ushort port) => new(
        Endpoint.From(IPAddress.Parse("192.0.2.7"), port), Endpoint.From(IPAddress.Parse("198.51.100.1"), 69));

    /// <summary>The boot of one session, as the history keeps it.</summary>
    public BootRecord ToRecord()
    {
        var history = new BootHistory(1 << 20);
        using var journal = new BootJournal(new BootLimits(), new ManualTime(), history.Update);
        foreach (var note in Notes) journal.Record(note);
        return history.Since(0, 1).Boots[0];
    }
}
