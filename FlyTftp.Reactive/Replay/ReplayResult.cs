using System.Globalization;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>How a replayed session compares with the recorded one.</summary>
internal enum Verdict : byte
{
    /// <summary>Every datagram says the same, repeats aside.</summary>
    Same,

    /// <summary>It ends the same and the client gets the same file, but the servers do not say the same on the way.</summary>
    EndsTheSame,

    /// <summary>It ends otherwise, or with other bytes.</summary>
    Differs,

    /// <summary>What the capture has of it is the same; it lacks the end, blocks, or bytes of blocks.</summary>
    SameAsCaptured,

    /// <summary>There is nothing to compare: no reply was captured.</summary>
    NotCompared,
}

/// <summary>One session, then and now.</summary>
/// <param name="Then">How it ended in the capture: an outcome's name, or one that only captures have (<see cref="RecordedProgress"/>).</param>
/// <param name="Now">How it ended now: an outcome's name, or <c>ignored</c>.</param>
internal sealed record SessionResult(Endpoint Client, Request Request, OptionSet Granted, string Then, string Now, Difference? Difference)
{
    public const string Ignored = "ignored";

    /// <summary>A server that lets a client wait for longer is one that the client's answers tell nothing about: they came too late for any other.</summary>
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(10);

    /// <summary>The one that answered, or was asked.</summary>
    public Endpoint Server { get; init; }

    public bool IsUpload { get; init; }

    /// <summary>What the network said (ICMP).</summary>
    public string? Detail { get; init; }

    /// <summary>ACKs and OACKs, and blocks, that the capture must lack.</summary>
    public long MissingControl { get; init; }

    public long MissingBlocks { get; init; }

    /// <summary>Blocks of which the capture does not have all bytes.</summary>
    public long CutBlocks { get; init; }

    /// <summary>The longest that the client waited for the recorded server.</summary>
    public TimeSpan LongestWait { get; init; }

    /// <summary>In that time the capture lacks packets.</summary>
    public bool IsLongestWaitHole { get; init; }

    /// <summary>What this server grants to the request as it was recorded, where that is not what the recorded one has granted.</summary>
    public OptionSet? WouldGrant { get; init; }

    /// <summary>It would grant larger blocks on an interface of a larger MTU than Ethernet's.</summary>
    public bool IsGrantAssumed { get; init; }

    public Verdict Verdict =>
        Then is RecordedProgress.Unanswered or RecordedProgress.Unreachable ? Verdict.NotCompared
        : IsUpload ? Then == "complete" ? Verdict.Differs : Then == "refused" ? Verdict.Same : Verdict.NotCompared
        : Now == Ignored || Difference is { IsOfContent: true } or { IsOfFate: true } ? Verdict.Differs
        : IsTooLate || (IsOpen && Difference is null) ? Verdict.SameAsCaptured
        : IsOpen ? Verdict.EndsTheSame
        : Then != Now ? Verdict.Differs
        : Difference is not null ? Verdict.EndsTheSame
        : MissingBlocks + CutBlocks > 0 ? Verdict.SameAsCaptured
        : Verdict.Same;

    /// <summary>One line, safe to print.</summary>
    public override string ToString() =>
        $"{Client} \"{Printable.Quote(Request.FileName)}\"{(Granted.Count == 0 ? "" : " " + Printable.Escape(Granted.ToString()))}: {Judgement}";

    /// <summary>The line without who and what.</summary>
    public string Judgement => Outcomes + Lacks + Network + (Verdict == Verdict.NotCompared || IsUpload || IsTooLate || Now == Ignored ? "" : Told(Difference))
        + (WouldGrant is null ? "" : $"; would grant {Told(WouldGrant)}{(IsGrantAssumed ? " on Ethernet" : "")}");

    /// <summary>For a table's cell.</summary>
    internal string ShortOutcome => IsUpload ? $"upload {Then}" : Verdict == Verdict.NotCompared || Then == Now || IsOpen ? Then : $"{Then} → {Now}";

    /// <summary>There is more to say than that it is the same.</summary>
    internal bool IsRemarkable => Verdict != Verdict.Same || WouldGrant is not null || MissingControl > 0 || Detail is not null;

    /// <summary>Its end is not in the capture, or the recorded server fell silent, which is nothing that another does.</summary>
    private bool IsOpen => Then is RecordedProgress.Unfinished or RecordedProgress.ServerSilent or RecordedProgress.NotCaptured;

    private bool IsTooLate => Then != Now && LongestWait >= LongWait && Now is "gave-up" or "unconfirmed" && Difference is null or { Now: null };

    private string Outcomes =>
        Then == RecordedProgress.Unanswered ? $"no reply was captured{(Now == Ignored ? ", and this server would not answer such a request" : "")}; nothing to compare"
        : Then == RecordedProgress.Unreachable ? $"{Detail}; nothing to compare"
        : IsUpload ? Then == "refused" ? "upload refused, as then" : $"upload, {Then} then; this server refuses writes"
        : Now == Ignored ? $"{Then} then; this server would not answer such a request"
        : Verdict == Verdict.Differs ? $"{Then} then, {Now} now"
        : Then switch
        {
            RecordedProgress.Unfinished => $"unfinished when the capture ended{UpToThere}",
            RecordedProgress.ServerSilent => $"the server fell silent then{UpToThere}",
            RecordedProgress.NotCaptured => $"its end is not in the capture{UpToThere}",
            _ when IsTooLate => string.Create(CultureInfo.InvariantCulture, $"{Then} then, after {(IsLongestWaitHole ? "a hole in the capture of" : "the server had been silent for")} {LongestWait.TotalSeconds:0} s, which cannot be replayed; the same up to there"),
            _ when Then == Now => $"{Now}, as then",
            _ => $"{Then} then, {Now} now",
        };

    private string UpToThere => Difference is null ? ", the same up to there" : "";

    private string Lacks =>
        (MissingControl + MissingBlocks == 0 || IsUpload ? "" : $"; the capture lacks {Many(MissingControl + MissingBlocks, "packet")}")
        + (CutBlocks == 0 ? "" : $"; bytes of {Many(CutBlocks, "block")} are not in the capture, and not compared");

    private string Network => Detail is null || Then == RecordedProgress.Unreachable ? "" : $"; {Detail}";

    private static string Many(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Told(OptionSet options) => options.Count == 0 ? "nothing" : Printable.Escape(options.ToString());

    private static string Told(Difference? difference) => difference is null ? "" : string.Create(CultureInfo.InvariantCulture,
        $"; first difference at {difference.At.TotalSeconds:0.000000} s: {difference.Then ?? "nothing"} then, {Again(difference)} now");

    private static string Again(Difference difference) =>
        difference.Now is null ? "nothing" : difference.Now == difference.Then ? "other bytes" : difference.Now;
}
