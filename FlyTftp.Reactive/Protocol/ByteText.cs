using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace FlyTftp.Reactive.Protocol;

/// <summary>
/// A name's bytes as text, without loss. What is UTF-8 is read as such. A byte that is not becomes one of U+DC80 to U+DCFF, half a surrogate
/// pair that no UTF-8 holds, and turns back into itself when it is written. Every such byte is 0x80 or more, so that it can never stand for
/// a slash, a dot, a NUL or a control character.
/// </summary>
public static class ByteText
{
    private const char Offset = '\uDC00', First = '\uDC80', Last = '\uDCFF';

    /// <summary>A byte that was no UTF-8, where no high surrogate stands before it.</summary>
    public static bool IsRawByte(char character) => character is >= First and <= Last;

    /// <summary>It is no UTF-8.</summary>
    public static bool HasOddBytes(ReadOnlySpan<char> text)
    {
        if (!HasRawBytes(text)) return false;
        while (!text.IsEmpty)
        {
            if (Next(ref text, out _) is not null) return true;
        }

        return false;
    }

    public static string Read(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done) text.Append(rune.ToString());
            else
            {
                foreach (var odd in bytes[..length]) text.Append((char)(Offset + odd));
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public static int LengthOf(ReadOnlySpan<char> text)
    {
        if (!HasRawBytes(text)) return Encoding.UTF8.GetByteCount(text);

        var length = 0;
        while (!text.IsEmpty) length += Next(ref text, out var rune) is null ? rune.Utf8SequenceLength : 1;
        return length;
    }

    /// <summary>Half a surrogate pair that stands for no byte is written as U+FFFD.</summary>
    /// <exception cref="ArgumentException">It does not fit.</exception>
    public static int Write(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (!HasRawBytes(text)) return Encoding.UTF8.GetBytes(text, destination);
        if (LengthOf(text) > destination.Length) throw new ArgumentException("The text does not fit.", nameof(destination));

        var length = 0;
        while (!text.IsEmpty)
        {
            if (Next(ref text, out var rune) is { } odd) destination[length++] = odd;
            else length += rune.EncodeToUtf8(destination[length..]);
        }

        return length;
    }

    // Low halves of whole pairs are among them: then the slow way finds none, and writes the same.
    private static bool HasRawBytes(ReadOnlySpan<char> text) => text.IndexOfAnyInRange(First, Last) >= 0;

    private static byte? Next(ref ReadOnlySpan<char> text, out Rune rune)
    {
        var status = Rune.DecodeFromUtf16(text, out rune, out var count);
        var first = text[0];
        text = text[count..];
        return status != OperationStatus.Done && IsRawByte(first) ? (byte)(first - Offset) : null;
    }
}
