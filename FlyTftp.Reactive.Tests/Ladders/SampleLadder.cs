using System.Globalization;
using FlyTftp.Reactive.Ladders;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Tests.Support;

namespace FlyTftp.Reactive.Tests.Ladders;

/// <summary>Ladders with everything in them that a ladder can show.</summary>
internal static class SampleLadder
{
    public const string NastyName = "<img src=x onerror=alert(1)>\"'&\u001b[31m";

    public static LadderPage Page() => new("boot.pcapng", "Three sessions.", [Windowed(), Lossy(), Refused()])
    {
        Stories = [new("192.0.2.1 looks like iPXE", [new(TimeSpan.FromSeconds(1), $"fetched {NastyName}", false), new(TimeSpan.FromSeconds(2), "asked in vain", true)], [$"{NastyName} is not there"])],
    };

    /// <summary>Ten thousand datagrams and some, in windows of four, all alike.</summary>
    public static LadderSession Windowed()
    {
        var recorder = new LadderRecorder(new LadderBudget());
        Add(recorder, 0, true, "RRQ boot.efi octet tsize=0 blksize=1468 windowsize=4");
        Add(recorder, 150, false, "OACK tsize=11744004 blksize=1468 windowsize=4");
        Add(recorder, 700, true, "ACK 0");
        for (var window = 0; window < 2_000; window++)
        {
            for (var block = 1; block <= 4; block++) Add(recorder, 800 + window * 1_500 + block * 10, false, $"DATA {window * 4 + block} 1468");
            Add(recorder, 1_500 + window * 1_500 + window % 7 * 40, true, $"ACK {window * 4 + 4}");
        }

        Add(recorder, 3_010_000, false, "DATA 8001 4");
        Add(recorder, 3_010_400, true, "ACK 8001");
        return new("192.0.2.1:2000", "complete", true, [recorder.ToView("session")]);
    }

    private static LadderSession Lossy()
    {
        var budget = new LadderBudget();
        var (then, now) = (new LadderRecorder(budget), new LadderRecorder(budget));
        foreach (var recorder in (LadderRecorder[])[then, now])
        {
            Add(recorder, 4_000_000, true, "RRQ menu.ipxe octet tsize=0");
            Add(recorder, 4_250_000, true, "RRQ menu.ipxe octet tsize=0");
            Add(recorder, 4_250_100, false, "OACK tsize=600");
            Add(recorder, 4_250_900, true, "ACK 0");
            Add(recorder, 4_251_000, false, "DATA 1 512", LadderMark.Lost);
            Add(recorder, 5_251_000, false, "DATA 1 512");
            Add(recorder, 5_251_600, true, "ACK 1");
        }

        Add(then, 5_251_650, true, "ACK 1", LadderMark.Inferred);
        Add(then, 5_251_700, false, "DATA 2 88", LadderMark.NotCaptured);
        then.AddNote(TimeSpan.FromMicroseconds(5_251_800), isFromClient: false, "ICMP fragmentation needed");
        Add(now, 5_251_650, false, "DATA 2 87", LadderMark.Difference);
        Add(then, 5_251_900, true, "ACK 2");
        Add(now, 5_251_900, true, "ACK 2");
        return new("192.0.2.2:2070", "complete", false, [then.ToView("recorded"), now.ToView("flytftp")])
        {
            Remark = "First difference at 5.251650: DATA 2 (88 bytes) then, DATA 2 (87 bytes) now.",
        };
    }

    private static LadderSession Refused()
    {
        var recorder = new LadderRecorder(new LadderBudget());
        recorder.Add(TimeSpan.FromSeconds(6), true, Packet.OfRequest(PacketKind.ReadRequest, new Request(NastyName, "octet", OptionSet.Empty)), 40, LadderMark.None);
        recorder.Add(TimeSpan.FromSeconds(6.0001), false, Packet.OfError(new ErrorReport(ErrorCode.FileNotFound, NastyName)), 30, LadderMark.None);
        return new("[2001:db8::1]:2000", "refused", true, [recorder.ToView("session")]);
    }

    private static void Add(LadderRecorder recorder, long microseconds, bool isFromClient, string packet, LadderMark mark = LadderMark.None)
    {
        var bytes = PacketScript.Encode(packet);
        // "DATA 1 512": the script's own DATA has no payload.
        if (packet.StartsWith("DATA", StringComparison.Ordinal)) bytes = [.. bytes, .. new byte[int.Parse(packet.Split(' ')[2], CultureInfo.InvariantCulture)]];
        recorder.Add(TimeSpan.FromMicroseconds(microseconds), isFromClient, bytes, mark);
    }
}
