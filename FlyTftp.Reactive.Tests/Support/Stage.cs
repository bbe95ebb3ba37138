using System.Globalization;
using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using System.Text;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Tests.Support;

/// <summary>A virtual clock for one operator, and what was seen when: lines of a time in seconds and a text.</summary>
internal sealed class Stage
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly StringBuilder _seen = new();

    public static Flow Flow { get; } = new(
        Endpoint.From(IPAddress.Parse("192.0.2.1"), 2000), Endpoint.From(IPAddress.Parse("198.51.100.1"), 69));

    public HistoricalScheduler Scheduler { get; } = new(Epoch);

    public TimeSpan Elapsed => Scheduler.Now - Epoch;

    public string Seen => _seen.ToString().TrimEnd();

    /// <summary>To be called before <see cref="Run"/>.</summary>
    public Stage At(double seconds, Action action)
    {
        Scheduler.Schedule(Epoch + TimeSpan.FromSeconds(seconds), action);
        return this;
    }

    /// <summary>A source whose subscriptions are noted.</summary>
    public TestableObservable<T> Testable<T>(IObservable<T> source) => new(source, () => Elapsed.TotalSeconds);

    /// <summary>A hot source: its elements come at their times, whoever listens. Then it ends, if that is said.</summary>
    public TestableObservable<T> Hot<T>(double? endsAt, params (double At, T Element)[] elements)
    {
        var subject = new Subject<T>();
        foreach (var (at, element) in elements) At(at, () => subject.OnNext(element));
        if (endsAt is { } end) At(end, subject.OnCompleted);
        return Testable(subject);
    }

    /// <summary>Subscribes now and notes everything that comes, the end too: <c>|</c>, or <c>#</c> and the error.</summary>
    public IDisposable Watch<T>(IObservable<T> source, Func<T, string> describe) =>
        source.Subscribe(element => Note(describe(element)), error => Note($"# {error.Message}"), () => Note("|"));

    public IDisposable Watch(IObservable<Emission> source) => Watch(source, Describe);

    public void Note(string text) => _seen.Append(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds:0.000} {text}").Append('\n');

    /// <summary>Lets time go by until nothing is left to do; gives what was seen.</summary>
    public string Run()
    {
        Scheduler.Start();
        return Seen;
    }

    public static string Describe(Emission emission) => emission switch
    {
        { Kind: EmissionKind.Note, SessionNote: SessionEnded end } => $"* {end.Outcome.Name()}{(end.Detail is { } detail ? $" ({detail})" : "")}",
        { Kind: EmissionKind.Note, SessionNote: Ignored ignored } => $"* ignored: {ignored.Reason}",
        { Kind: EmissionKind.Note } => $"* {emission.SessionNote.GetType().Name}",
        _ => $"{emission}{(emission.IsRepeat ? " again" : "")}",
    };

    public static Request Request(string request = "RRQ file octet") => PacketReader.Read(PacketScript.Encode(request)).Request;
}
