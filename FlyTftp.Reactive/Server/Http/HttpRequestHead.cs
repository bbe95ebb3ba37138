using System.Buffers;
using System.Text;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>
/// The head of a request, as far as this server cares (RFC 9112 §2–§5):
/// <code>
/// GET /metrics?name=x HTTP/1.1 CR LF
/// Host: machine:9100           CR LF
/// …                            CR LF
///                              CR LF
/// </code>
/// </summary>
/// <param name="Path">The target's path as it was sent, without the query; never decoded, since no route needs it.</param>
/// <param name="Host">As it was sent; empty where there was none (HTTP/1.0).</param>
internal readonly record struct HttpRequestHead(string Method, string Path, string Host = "")
{
    /// <summary>Bytes; a longer head is answered with 431.</summary>
    public const int MaxLength = 8 * 1024;

    // RFC 9110 §5.6.2's tchar: what methods and field names are made of.
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // RFC 9110 §5.5: a field value is visible, HTAB, SP or obs-text; NUL, CR and LF are the ones that smuggle.
    private static readonly SearchValues<byte> NotInFieldValue = SearchValues.Create([0, (byte)'\r', (byte)'\n']);

    /// <summary>How long the head at the start of <paramref name="received"/> is, its empty line included; −1 while it is not all there.</summary>
    public static int LengthIn(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }

    /// <summary>Takes a whole head apart.</summary>
    /// <returns>0, or the status that says what is wrong with it: 400, or 505 for a version other than 1.x.</returns>
    public static int Parse(ReadOnlySpan<byte> head, out HttpRequestHead request)
    {
        request = default;
        var line = TakeLine(ref head);

        var methodEnd = line.IndexOf((byte)' ');
        var versionStart = line.LastIndexOf((byte)' ');
        if (methodEnd <= 0 || versionStart <= methodEnd) return 400;

        var method = line[..methodEnd];
        var target = line[(methodEnd + 1)..versionStart];
        var version = line[(versionStart + 1)..];
        if (method.ContainsAnyExcept(TokenBytes) || !TryGetPath(target, out var path)) return 400;
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8)) return 400;
        if (!version.StartsWith("HTTP/1."u8)) return 505;
        if (!HasSoundFields(head, needsHost: version[7] != '0', out var host)) return 400;

        request = new HttpRequestHead(Encoding.ASCII.GetString(method), path, host);
        return 0;
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf("\r\n"u8);
        var line = rest[..end];
        rest = rest[(end + 2)..];
        return line;
    }

    // RFC 9112 §3.2: origin-form from everybody, absolute-form from whoever takes us for a proxy; both must be understood.
    private static bool TryGetPath(ReadOnlySpan<byte> target, out string path)
    {
        path = "";
        if (target.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return false;

        if (target.StartsWith("http://"u8))
        {
            var slash = target[7..].IndexOf((byte)'/');
            target = slash < 0 ? "/"u8 : target[(7 + slash)..];
        }

        if (target.IsEmpty || target[0] != '/') return false;

        var end = target.IndexOfAny((byte)'?', (byte)'#');
        path = Encoding.ASCII.GetString(end < 0 ? target : target[..end]);
        return true;
    }

    private static bool HasSoundFields(ReadOnlySpan<byte> rest, bool needsHost, out string host)
    {
        var hosts = 0;
        host = "";
        while (true)
        {
            var line = TakeLine(ref rest);
            if (line.IsEmpty) return needsHost ? hosts == 1 : hosts <= 1;

            // No space before the colon and no folded line (§5.1, §5.2): servers that read those differently can be played off.
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes) || line[colon..].ContainsAny(NotInFieldValue)) return false;
            if (!Ascii.EqualsIgnoreCase(line[..colon], "Host"u8)) continue;
            hosts++;
            host = Encoding.ASCII.GetString(line[(colon + 1)..].Trim(" \t"u8));
        }
    }
}
