namespace FlyTftp.Reactive.Protocol;

/// <summary>
/// The bytes of a text as Telnet's network virtual terminal sends them (RFC 764, by RFC 1350 §1): LF becomes CR LF and
/// CR becomes CR NUL. No state between calls: a pair is never cut in two by the encoder, only by whoever cuts its output into blocks.
/// </summary>
public static class Netascii
{
    private const byte LineFeed = (byte)'\n', CarriageReturn = (byte)'\r', Nul = 0;

    /// <summary>How many bytes <paramref name="source"/> becomes.</summary>
    public static long EncodedLength(ReadOnlySpan<byte> source) => source.Length + source.Count(LineFeed) + source.Count(CarriageReturn);

    /// <summary>
    /// Encodes as much of <paramref name="source"/> as there is room for. What is left over is left in both: call again with the rest.
    /// </summary>
    public static void Encode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        consumed = written = 0;
        while (consumed < source.Length)
        {
            var plain = source[consumed..].IndexOfAny(LineFeed, CarriageReturn);
            if (plain < 0) plain = source.Length - consumed;
            plain = Math.Min(plain, destination.Length - written);
            source.Slice(consumed, plain).CopyTo(destination[written..]);
            consumed += plain;
            written += plain;
            if (consumed == source.Length || destination.Length - written < 2 || source[consumed] is not (LineFeed or CarriageReturn)) return;

            destination[written++] = CarriageReturn;
            destination[written++] = source[consumed++] == LineFeed ? LineFeed : Nul;
        }
    }

    /// <summary>
    /// The reverse, for the receiving side. <paramref name="pendingReturn"/> carries a CR that stood last in one block into the next.
    /// A CR before anything but LF or NUL is kept as it is. <paramref name="destination"/> needs one byte more than the source has.
    /// </summary>
    /// <returns>Bytes written.</returns>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> destination, ref bool pendingReturn)
    {
        var written = 0;
        foreach (var value in source)
        {
            if (pendingReturn)
            {
                pendingReturn = false;
                if (value is LineFeed or Nul)
                {
                    destination[written++] = value == LineFeed ? LineFeed : CarriageReturn;
                    continue;
                }

                destination[written++] = CarriageReturn;
            }

            if (value == CarriageReturn) pendingReturn = true;
            else destination[written++] = value;
        }

        return written;
    }
}
