using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Ladders;

/// <summary>What the page shows: any text may hold anything, it is escaped when it is written.</summary>
/// <param name="Title">One line: the capture's or the run's name.</param>
/// <param name="Summary">One sentence or two.</param>
internal sealed record LadderPage(string Title, string Summary, IReadOnlyList<LadderSession> Sessions)
{
    /// <summary>Sessions that are not in the list, for want of room.</summary>
    public int SessionsLeftOut { get; init; }

    /// <summary>What happened, in plain words; above all figures.</summary>
    public IReadOnlyList<LadderStory> Stories { get; init; } = [];

    /// <summary>Stories that are not in the list, for want of room.</summary>
    public int StoriesLeftOut { get; init; }
}

/// <summary>What one client went through.</summary>
internal sealed record LadderStory(string Title, IReadOnlyList<LadderSentence> Steps, IReadOnlyList<string> Findings);

/// <param name="At">Since the beginning of the capture.</param>
internal sealed record LadderSentence(TimeSpan At, string Text, bool IsWrong);

/// <summary>How a session is to be looked at: each has a colour and a shape of its own.</summary>
internal enum LadderTone : byte
{
    Good,

    /// <summary>Good in the end.</summary>
    Fair,
    Bad,

    /// <summary>Nobody can tell.</summary>
    Unknown,
}

/// <summary>One session, drawn once, or once for each of the servers that are compared.</summary>
/// <param name="Client">Address and port.</param>
/// <param name="Outcome">One word or two; sorted by.</param>
/// <param name="IsFine">Nobody has to look at it.</param>
/// <param name="Views">At least one; the table's figures are those of the first.</param>
internal sealed record LadderSession(string Client, string Outcome, bool IsFine, IReadOnlyList<LadderView> Views)
{
    /// <summary>Address and port of the server; <c>null</c>: it goes without saying.</summary>
    public string? Server { get; init; }

    public LadderTone Tone { get; init; } = IsFine ? LadderTone.Good : LadderTone.Bad;

    /// <summary>A sentence about what is worth noting, such as the first difference.</summary>
    public string? Remark { get; init; }
}

/// <summary>One server's side of a session, made by a <see cref="LadderRecorder"/>.</summary>
/// <param name="Title">Such as "recorded"; above the ladder.</param>
/// <param name="Request">The first request; <c>null</c> where none was seen.</param>
/// <param name="Granted">The first OACK's options; <c>null</c> where there was none.</param>
/// <param name="Steps">In the order of time.</param>
/// <param name="RoundTrips">From the last datagram of a window to its ACK, where nothing was sent twice.</param>
internal sealed record LadderView(
    string Title, Request? Request, OptionSet? Granted, IReadOnlyList<LadderStep> Steps, IReadOnlyList<RoundTripSample> RoundTrips,
    LadderFigures Figures);

/// <param name="At">When the ACK came, as <see cref="LadderStep.At"/>.</param>
internal readonly record struct RoundTripSample(TimeSpan At, TimeSpan Duration);

/// <summary>Sums over all datagrams of a session, those that are not drawn included.</summary>
/// <param name="Bytes">Of content, each block counted once.</param>
internal readonly record struct LadderFigures(
    TimeSpan Started, TimeSpan Ended, long Datagrams, long Bytes, long Repeats, long Lost, long LeftOut)
{
    public TimeSpan Duration => Ended - Started;

    /// <summary>Bytes of content a second; <c>null</c> where no time has passed.</summary>
    public double? Throughput => Duration > TimeSpan.Zero && Bytes > 0 ? Bytes / Duration.TotalSeconds : null;
}
