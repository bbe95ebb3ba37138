using System.Text;
using CsCheck;
using FlyTftp.Reactive.Protocol;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Protocol;

public sealed class NetasciiTests
{
    // Line ends are rare in random bytes, so every second text is made of little else.
    private static readonly Gen<byte[]> Bytes =
        Gen.OneOf(Gen.Byte.Array[0, 200], Gen.OneOf((byte)'\r', (byte)'\n', (byte)0, (byte)'a').Array[0, 200]);

    [TestCase("", "")]
    [TestCase("plain", "plain")]
    [TestCase("a\nb", "a\r\nb")]
    [TestCase("a\rb", "a\r\0b")]
    [TestCase("\r\n", "\r\0\r\n")]
    [TestCase("\n\n\r", "\r\n\r\n\r\0")]
    public void LF_becomes_CR_LF_and_CR_becomes_CR_NUL(string text, string expected)
    {
        var encoded = Encode(Encoding.Latin1.GetBytes(text), 100, int.MaxValue);
        Assert.That(Encoding.Latin1.GetString(encoded), Is.EqualTo(expected));
    }

    [TestCase("a\r\nb", "a\nb")]
    [TestCase("a\r\0b", "a\rb")]
    [TestCase("a\rb", "a\rb")]
    [TestCase("\r\r\n", "\r\n")]
    [TestCase("\n\0", "\n\0")]
    public void A_CR_before_anything_else_is_kept(string sent, string expected)
    {
        var decoded = Decode(Encoding.Latin1.GetBytes(sent), int.MaxValue);
        Assert.That(Encoding.Latin1.GetString(decoded), Is.EqualTo(expected));
    }

    [Test]
    public void A_pair_is_not_begun_where_only_half_of_it_fits()
    {
        Netascii.Encode("a\n"u8, new byte[2], out var consumed, out var written);
        Assert.That((consumed, written), Is.EqualTo((1, 1)));
    }

    [Test]
    public void What_is_encoded_is_decoded_to_the_same_whatever_the_cuts() =>
        Gen.Select(Bytes, Gen.Int[2, 20], Gen.Int[1, 20], Gen.Int[1, 20]).Sample((bytes, room, cut, blockSize) =>
            Decode(Encode(bytes, room, cut), blockSize).AsSpan().SequenceEqual(bytes));

    [Test]
    public void The_length_is_known_beforehand() =>
        Bytes.Sample(bytes => Netascii.EncodedLength(bytes) == Encode(bytes, 2, int.MaxValue).Length);

    [Test]
    public void No_line_end_stands_alone_on_the_wire() => Bytes.Sample(bytes =>
    {
        var text = Encoding.Latin1.GetString(Encode(bytes, 7, 5));
        return !text.Replace("\r\n", "", StringComparison.Ordinal).Replace("\r\0", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n');
    });

    /// <param name="room">Bytes of the encoder's destination.</param>
    /// <param name="cut">Bytes that it is given at a time.</param>
    private static byte[] Encode(byte[] bytes, int room, int cut)
    {
        var encoded = new List<byte>();
        var destination = new byte[room];
        for (var offset = 0; offset < bytes.Length;)
        {
            Netascii.Encode(bytes.AsSpan(offset, Math.Min(cut, bytes.Length - offset)), destination, out var consumed, out var written);
            encoded.AddRange(destination.AsSpan(0, written));
            offset += consumed;
        }

        return [.. encoded];
    }

    private static byte[] Decode(byte[] sent, int blockSize)
    {
        var decoded = new List<byte>();
        var pendingReturn = false;
        foreach (var block in sent.Chunk(blockSize))
        {
            var destination = new byte[block.Length + 1];
            decoded.AddRange(destination.AsSpan(0, Netascii.Decode(block, destination, ref pendingReturn)));
        }

        if (pendingReturn) decoded.Add((byte)'\r');
        return [.. decoded];
    }
}
