using System.Globalization;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Replay;

/// <summary>How a replayed session compares with the recorded one.</summary>
public enum Verdict : byte
{
    /// <summary>Every datagram says the same, repeats aside.</summary>
    Same,

    /// <summary>It ends the same and the client gets the same file, but the servers do not say the same on the way.</summary>
    EndsTheSame,

    /// <summary>It ends otherwise, or with other bytes.</summary>
    Differs,
}

/// <summary>One session, then and now.</summary>
/// <param name="Then">How it ended in the capture: an outcome's name, <c>unanswered</c> or <c>unfinished</c>.</param>
/// <param name="Now">How it ended now: an outcome's name, or <c>ignored</c>.</param>
/// <param name="WouldGrant">What this server grants to the request as it was recorded, where that is not what the recorded one has granted.</param>
public sealed record SessionResult(
    Endpoint Client, Request Request, OptionSet Granted, string Then, string Now, Difference? Difference, OptionSet? WouldGrant)
{
    public const string Ignored = "ignored";

    public Verdict Verdict =>
        (Then != Now && Then != RecordedProgress.Unfinished) || Difference is { IsOfContent: true } ? Verdict.Differs
        : Difference is null ? Verdict.Same
        : Verdict.EndsTheSame;

    /// <summary>One line, safe to print.</summary>
    public override string ToString() =>
        $"{Client} {Printable.Escape($"\"{Request.FileName}\"")}{(Granted.Count == 0 ? "" : " " + Printable.Escape(Granted.ToString()))}: {Judgement}";

    /// <summary>The line without who and what.</summary>
    public string Judgement => Outcomes + Told(Difference) + (WouldGrant is null ? "" : $"; would grant {Told(WouldGrant)}");

    private string Outcomes => Then == Now ? $"{Now}, as then" : $"{Then} then, {Now} now";

    private static string Told(OptionSet options) => options.Count == 0 ? "nothing" : Printable.Escape(options.ToString());

    private static string Told(Difference? difference) => difference is null ? "" : string.Create(CultureInfo.InvariantCulture,
        $"; first difference at {difference.At.TotalSeconds:0.000000} s: {difference.Then ?? "nothing"} then, {Again(difference)} now");

    private static string Again(Difference difference) =>
        difference.Now is null ? "nothing" : difference.Now == difference.Then ? "other bytes" : difference.Now;
}

/// <summary>What a replay has come to.</summary>
/// <param name="Frames">Packets of the capture, by <see cref="FrameKind"/>.</param>
/// <param name="Verdicts">Sessions, by <see cref="Verdict"/>.</param>
/// <param name="Fault">Why the capture could not be read to its end.</param>
public sealed record ReplaySummary(
    IReadOnlyList<long> Frames, long TftpPackets, IReadOnlyList<long> Verdicts, CaptureFault? Fault, IReadOnlyList<LadderSession> Ladders, int LaddersLeftOut)
{
    public long Packets => Frames.Sum();

    public long Sessions => Verdicts.Sum();

    /// <summary>One sentence for the terminal and the page.</summary>
    public override string ToString()
    {
        var unread = new[] { (FrameKind.Fragment, "fragments"), (FrameKind.Truncated, "truncated"), (FrameKind.Malformed, "malformed"), (FrameKind.UnknownLinkType, "of unknown link type") }
            .Where(kind => Frames[(int)kind.Item1] > 0)
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $", {Frames[(int)kind.Item1]} {kind.Item2}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{Sessions} sessions: {Verdicts[0]} the same, {Verdicts[1]} end the same, {Verdicts[2]} differ; {Packets} packets, {TftpPackets} of them TFTP{string.Concat(unread)}");
    }
}
