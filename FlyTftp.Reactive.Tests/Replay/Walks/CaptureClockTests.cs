using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Walks;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Walks;

public class CaptureClockTests
{
    private const long Now = 1_700_000_000;

    [TestCase("0 1 2 5", "0 1 2 5", 0, TestName = "Time goes on")]
    [TestCase("0 2 1.5 3", "0 2 2 3", 0, TestName = "Two interfaces out of order")]
    [TestCase("0 1 100000000 2", "0 1 1 2", 1, TestName = "One far ahead")]
    [TestCase("0 1 -1700000000 2", "0 1 1 2", 1, TestName = "One of 1970")]
    [TestCase("0 1 -1700000000", "0 1 1", 1, TestName = "The last of 1970")]
    [TestCase("-1700000000 0 1", "0 0 1", 1, TestName = "The first of 1970")]
    [TestCase("0 1 3601 3602", "0 1 3601 3602", 0, TestName = "An hour without a packet")]
    [TestCase("0 1 -3600 -3599", "0 1 1 2", 1, TestName = "A clock set back")]
    [TestCase("-1700000000 -1699999999 0 1", "0 1 1 2", 1, TestName = "A clock set from 1970 to today")]
    public void Takes(string times, string seen, long odd)
    {
        var clock = new CaptureClock();
        var packets = times.Split(' ').Select(static text => new CaptureTime((long)((Now + double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)) * 1e9))).ToList();
        var at = new List<string>();
        for (var number = 0; number < packets.Count; number++)
        {
            CaptureTime? next = clock.IsDoubtful(packets[number]) && number + 1 < packets.Count ? packets[number + 1] : null;
            clock.Advance(new CapturedPacket(packets[number], true, 1, default, 0), next);
            at.Add(clock.At.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.That(string.Join(' ', at), Is.EqualTo(seen));
        Assert.That(clock.Odd, Is.EqualTo(odd));
    }
}
