using System.Globalization;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;

namespace FlyTftp.Reactive.Replay;

/// <summary>What a replay has come to.</summary>
/// <param name="Frames">Packets of the capture, by <see cref="FrameKind"/>.</param>
/// <param name="Verdicts">Sessions, by <see cref="Verdict"/>.</param>
/// <param name="Fault">Why the capture could not be read to its end.</param>
internal sealed record ReplaySummary(
    IReadOnlyList<long> Frames, long TftpPackets, IReadOnlyList<long> Verdicts, CaptureFault? Fault, IReadOnlyList<LadderSession> Ladders, int LaddersLeftOut)
{
    public long Packets => Frames.Sum();

    public long Sessions => Verdicts.Sum();

    /// <summary>Datagrams that were captured twice, and packets with a time that was not taken as it was.</summary>
    public long Copies { get; init; }

    public long OddTimes { get; init; }

    /// <summary>Fragments of datagrams that were never whole.</summary>
    public long LostFragments { get; init; }

    /// <summary>What was not read, each with a comma before it.</summary>
    public string Unread { get; init; } = "";

    /// <summary>Why not one session was compared, and what to do; <c>null</c>: there was one.</summary>
    public string? NothingCompared { get; init; }

    /// <summary>One sentence for the terminal and the page.</summary>
    public override string ToString()
    {
        var sessions = string.Create(CultureInfo.InvariantCulture,
            $"{Sessions} sessions: {Of(Verdict.Same)} the same, {Of(Verdict.EndsTheSame)} end the same, {Of(Verdict.Differs)} differ")
            + Where(Of(Verdict.SameAsCaptured), "the same as far as captured") + Where(Of(Verdict.NotCompared), "not compared");
        return string.Create(CultureInfo.InvariantCulture, $"{sessions}; {Packets} packets, {TftpPackets} of them TFTP")
            + Where(Frames[(int)FrameKind.Fragment], "fragments") + Where(LostFragments, "of them never whole")
            + Where(Frames[(int)FrameKind.Truncated], "truncated") + Where(Frames[(int)FrameKind.Malformed], "malformed")
            + Where(Copies, "captured twice") + Where(OddTimes, "with an odd time") + Unread;
    }

    private long Of(Verdict verdict) => Verdicts[(int)verdict];

    private static string Where(long count, string what) => count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {count} {what}");
}
