using System.Buffers.Binary;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Replay.Frames;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Captures;

public class RotatingCaptureTests
{
    private static readonly Endpoint Client = Endpoint.IPv4(0xC0000201, 50000), Server = Endpoint.IPv4(0xC0000202, 69);

    private string _directory = "";

    private string Name => Path.Combine(_directory, "boot.pcapng");

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("flytftp-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void Keeps_the_newest_datagrams_within_its_bound()
    {
        const long maxBytes = 300_000;
        using (var capture = new RotatingCapture(Name, maxBytes))
        {
            for (var number = 0; number < 2000; number++)
            {
                Write(capture, number, 1000);
                Assert.That(Directory.GetFiles(_directory).Sum(file => new FileInfo(file).Length), Is.LessThanOrEqualTo(maxBytes));
            }

            Assert.That(capture.Failure, Is.Null);
        }

        var older = Numbers(Name + ".1");
        var newer = Numbers(Name);
        Assert.That(newer[^1], Is.EqualTo(1999));
        Assert.That(older.Concat(newer), Is.EqualTo(Enumerable.Range(older[0], older.Count + newer.Count)));
        Assert.That(Directory.GetFiles(_directory), Has.Length.EqualTo(2));
    }

    [Test]
    public void Makes_one_capture_when_both_files_are_put_together()
    {
        using (var capture = new RotatingCapture(Name, RotatingCapture.MinMaxBytes))
        {
            for (var number = 0; number < 100; number++) Write(capture, number, 1000);
        }

        var together = Path.Combine(_directory, "both");
        File.WriteAllBytes(together, [.. File.ReadAllBytes(Name + ".1"), .. File.ReadAllBytes(Name)]);
        Assert.That(Numbers(together), Has.Count.EqualTo(Numbers(Name).Count + Numbers(Name + ".1").Count));
    }

    [Test]
    public void Holds_the_largest_datagrams_in_the_least_room()
    {
        using (var capture = new RotatingCapture(Name, RotatingCapture.MinMaxBytes))
        {
            for (var number = 0; number < 5; number++) Write(capture, number, 65507);
        }

        Assert.That(Numbers(Name + ".1"), Is.EqualTo(new[] { 3 }));
        Assert.That(Numbers(Name), Is.EqualTo(new[] { 4 }));
    }

    [Test]
    public void Does_not_rotate_without_a_bound()
    {
        using (var capture = new RotatingCapture(Name, null))
        {
            for (var number = 0; number < 500; number++) Write(capture, number, 1000);
        }

        Assert.That(Numbers(Name), Has.Count.EqualTo(500));
        Assert.That(File.Exists(Name + ".1"), Is.False);
    }

    [Test]
    public void Can_be_read_after_every_flush_while_it_is_written()
    {
        using var capture = new RotatingCapture(Name, null);
        Assert.That(Numbers(Name), Is.Empty);
        Write(capture, 0, 10);
        capture.Flush();
        Assert.That(Numbers(Name), Is.EqualTo(new[] { 0 }));
    }

    [Test]
    public void Keeps_the_capture_that_was_there()
    {
        for (var number = 0; number < 2; number++)
        {
            using var capture = new RotatingCapture(Name, null);
            Write(capture, number, 10);
        }

        Assert.That(Numbers(Name + ".1"), Is.EqualTo(new[] { 0 }));
        Assert.That(Numbers(Name), Is.EqualTo(new[] { 1 }));
    }

    [TestCase("")]
    [TestCase(".1")]
    public void Leaves_any_other_file_of_its_name_alone(string suffix)
    {
        new RotatingCapture(Name, null).Dispose();
        File.WriteAllText(Name + suffix, "a letter");
        using var capture = new RotatingCapture(Name, null);
        Assert.That(capture.Failure, Is.EqualTo($"{Name}{suffix} is there and is no pcapng capture"));
        Write(capture, 0, 10);
        Assert.That(File.ReadAllText(Name + suffix), Is.EqualTo("a letter"));
    }

    [Test]
    public void Writes_into_an_empty_file() // as mktemp makes one
    {
        File.WriteAllBytes(Name, []);
        using (var capture = new RotatingCapture(Name, null)) Write(capture, 7, 10);
        Assert.That(Numbers(Name), Is.EqualTo(new[] { 7 }));
        Assert.That(File.Exists(Name + ".1"), Is.False);
    }

    [Test]
    public void Does_not_move_a_device_away()
    {
        using (var capture = new RotatingCapture("/dev/null", RotatingCapture.MinMaxBytes))
        {
            for (var number = 0; number < 500; number++) Write(capture, number, 1000);
            Assert.That(capture.Failure, Is.Null);
        }

        Assert.That(File.Exists("/dev/null") && !File.Exists("/dev/null.1"));
    }

    [Test]
    public void Says_why_it_cannot_begin()
    {
        using var capture = new RotatingCapture(Path.Combine(_directory, "missing", "boot.pcapng"), null);
        Assert.That(capture.Failure, Does.StartWith("Could not find a part of the path"));
        Write(capture, 0, 10);
    }

    private static void Write(RotatingCapture capture, int number, int length)
    {
        var payload = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        capture.Write(new CaptureTime(number), Server, Client, payload);
    }

    private static List<int> Numbers(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var read = ReadCapture.From(file);
        Assert.That(read.Fault, Is.Null);
        return [.. read.Packets.Select(packet => BinaryPrimitives.ReadInt32BigEndian(UdpFrame.Parse(packet).PayloadOf(packet).Span))];
    }
}
