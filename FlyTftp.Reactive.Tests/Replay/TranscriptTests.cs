using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Replay;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay;

/// <summary>
/// Every capture under Recordings/ against the transcript beside it. <c>FLYTFTP_TRANSCRIPTS=write</c> writes them into the sources instead; look at the
/// difference before it is committed.
/// </summary>
public class TranscriptTests
{
    private static IEnumerable<string> Captures => Recordings.All;

    [TestCaseSource(nameof(Captures))]
    public void Replays_to_its_transcript(string capture)
    {
        var (first, summary) = Replay(capture);
        Assert.That(Replay(capture).Transcript, Is.EqualTo(first), "The second replay of the same capture is not the first.");
        Assert.That(summary.Fault, Is.Null);
        Assert.That(summary.Verdicts[(int)Verdict.Differs], Is.Zero);
        var kept = Path.ChangeExtension(capture, ".txt");
        if (Environment.GetEnvironmentVariable("FLYTFTP_TRANSCRIPTS") == "write")
        {
            File.WriteAllText(Path.Combine(Repository.Root, "FlyTftp.Reactive.Tests", "Recordings", kept), first);
            Assert.Ignore($"{kept} is written.");
        }

        Assert.That(first, Is.EqualTo(File.ReadAllText(Recordings.PathOf(kept))));
    }

    private static (string Transcript, ReplaySummary Summary) Replay(string capture)
    {
        var transcript = new StringWriter { NewLine = "\n" };
        using var file = CaptureFile.Open(Recordings.PathOf(capture));
        var limits = new SessionLimits { Names = new ServedNames(new NamePolicy { Extensions = ExtensionSet.Default }), BlockSizeMax = static _ => TransferParameters.MaxBlockSize };
        var summary = Replayer.Run(file, new ReplayOptions { Limits = limits, Transcript = transcript, Port = Recordings.PortOf(capture) });
        return (transcript.ToString(), summary);
    }
}
