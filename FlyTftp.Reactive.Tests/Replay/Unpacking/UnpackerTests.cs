using System.Diagnostics;
using System.IO.Compression;
using FlyTftp.Reactive.Replay.Unpacking;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Replay.Unpacking;

public class UnpackerTests
{
    private static readonly byte[] Capture = File.ReadAllBytes(Recordings.PathOf("ipxe-bios.pcap"));

    [TestCase(CompressionLevel.NoCompression)]
    [TestCase(CompressionLevel.Fastest)]
    [TestCase(CompressionLevel.SmallestSize)]
    public void Unpacks_gzip(CompressionLevel level)
    {
        foreach (var bytes in (byte[][])[Capture, [1], "aaaaaaaaaa"u8.ToArray(), new byte[300_000], Noise(200_000), Mixed()]) Check(Gzip(bytes, level), Compression.Gzip, bytes);
    }

    /// <summary>A name, a comment, a header's check value and an extra field, then another member, then padding.</summary>
    [Test]
    public void Passes_over_what_a_member_s_header_may_have()
    {
        var packed = Gzip(Capture);
        byte[] header = [0x1F, 0x8B, 8, 0x1E, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7, .. "a.pcap\0"u8, .. "x\0"u8, 9, 9];
        Check([.. header, .. packed[10..], .. Gzip([1, 2, 3]), 0, 0, 0], Compression.Gzip, [.. Capture, 1, 2, 3]);
    }

    [TestCase("-1")]
    [TestCase("-3")]
    [TestCase("-19")]
    [TestCase("--ultra", "-22", "--long=27")]
    [TestCase("--fast=5")]
    [TestCase("-3", "--no-check", "--no-content-size")]
    public void Unpacks_what_zstd_packs(params string[] arguments)
    {
        foreach (var bytes in (byte[][])[Capture, [], [1], new byte[300_000], Noise(200_000), Mixed()]) Check(Zstd(bytes, arguments), Compression.Zstd, bytes);
    }

    [Test]
    public void Unpacks_frames_one_after_the_other_and_passes_over_what_is_to_be_skipped()
    {
        byte[] skipped = [0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        Check([.. skipped, .. Zstd(Capture, "-3"), .. skipped, .. Zstd([1, 2, 3], "-3")], Compression.Zstd, [.. Capture, 1, 2, 3]);
    }

    /// <summary>What comes before the damage is there, and nothing else happens.</summary>
    [TestCase(Compression.Gzip)]
    [TestCase(Compression.Zstd)]
    public void Says_of_damaged_data_that_they_are(string name)
    {
        var packed = name == Compression.Gzip ? Gzip(Capture) : Zstd(Capture, "-19");
        var random = new Random(1);
        var flaws = 0;
        for (var number = 0; number < 400; number++)
        {
            byte[] spoilt = [.. packed];
            for (var left = random.Next(1, 4); left > 0; left--) spoilt[random.Next(4, spoilt.Length)] ^= (byte)(1 << random.Next(8));
            if (number % 3 == 0) spoilt = spoilt[..random.Next(5, spoilt.Length)];
            using var unpacked = new MemoryStream();
            if (Unpacker.Unpack(new MemoryStream(spoilt), name, unpacked) is not { } flaw) continue;
            flaws++;
            Assert.That(flaw, Does.Match($"^the {name} data is damaged or cut off after [0-9]+ unpacked bytes$"));
        }

        Assert.That(flaws, Is.GreaterThan(100));
    }

    [TestCase(Compression.Gzip)]
    [TestCase(Compression.Zstd)]
    public async Task A_packed_capture_is_replayed_as_it_is_unpacked(string name)
    {
        var file = Path.GetTempFileName();
        try
        {
            var packed = name == Compression.Gzip ? Gzip(Capture) : Zstd(Capture, "-3");
            File.WriteAllBytes(file, packed);
            var context = new TestCommandContext();
            Assert.That(await context.RunAsync("replay", file), Is.Zero, context.Error);
            Assert.That(context.Output, Does.Contain("7 sessions: 7 the same"));

            File.WriteAllBytes(file, packed[..^(packed.Length / 3)]);
            context = new TestCommandContext();
            Assert.That(await context.RunAsync("replay", file), Is.EqualTo(2));
            Assert.That(context.Error, Does.Contain($"{name} data is damaged or cut off after"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void Names_what_it_does_not_unpack() =>
        Assert.That(ReadCapture.From([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]).Fault!.Expected, Is.EqualTo("a pcap or pcapng capture, found one compressed by xz: unpack it first"));

    private static void Check(byte[] packed, string name, byte[] expected)
    {
        using var unpacked = new MemoryStream();
        using var stream = new MemoryStream(packed);
        Assert.That(Unpacker.NameOf(stream), Is.EqualTo(name));
        Assert.That(Unpacker.Unpack(stream, name, unpacked), Is.Null);
        Assert.That(unpacked.ToArray().AsSpan().SequenceEqual(expected), $"{unpacked.Length} bytes of {expected.Length}");
    }

    private static byte[] Gzip(byte[] bytes, CompressionLevel level = CompressionLevel.Fastest)
    {
        var packed = new MemoryStream();
        using (var writer = new GZipStream(packed, level)) writer.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Zstd(byte[] bytes, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(ClientTool.Require("zstd", "apt-get install -y zstd"), ["-q", "-c", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var packed = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(packed);
        process.StandardInput.BaseStream.Write(bytes);
        process.StandardInput.Close();
        reading.Wait();
        process.WaitForExit();
        return packed.ToArray();
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(2).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Text-like, noise and zeros, larger than a few blocks.</summary>
    private static byte[] Mixed()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 400_000).Select(_ => (byte)(random.Next(20) is var letter and < 19 ? 'a' + letter * letter % 26 : random.Next(256))), .. Noise(50_000), .. new byte[200_000]];
    }
}
