using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using FlyTftp.Reactive.Protocol;
using FlyTftp.Reactive.Server.Options;

namespace FlyTftp.Reactive.Cli;

/// <summary>
/// <c>tftp://host[:port]/name</c> (RFC 3617), the host an IPv6 address in brackets if need be, the name percent-encoded. It is not read as
/// a web address: what follows the host's slash is the name, dots, double slashes and question marks included.
/// </summary>
/// <param name="Host">Without brackets.</param>
/// <param name="FileName">Decoded; 1 to <see cref="Request.MaxFileNameLength"/> bytes (<see cref="ByteText"/>), no NUL.</param>
public sealed record TftpUrl(string Host, int Port, string FileName)
{
    private const string Scheme = "tftp://", OctetMode = ";mode=octet";
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The name to save under: the last segment, if it is fit to be a file's name here. <c>null</c> for nothing, for dots, for hidden
    /// names and for anything that might mean a folder, a drive or a terminal command.
    /// </summary>
    public string? LocalName
    {
        get
        {
            var segment = FileName[(FileName.LastIndexOfAny(['/', '\\']) + 1)..];
            var isFit = segment.Length > 0 && segment[0] is not ('.' or '-') && !segment.Contains(':') && Printable.Escape(segment) == segment;
            return isFit ? segment : null;
        }
    }

    /// <param name="error">What is wrong, to follow the URL and a colon.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out TftpUrl? url, [NotNullWhen(false)] out string? error)
    {
        url = null;
        error = null;
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) error = "allowed are tftp://HOST[:PORT]/NAME";
        else if (text.IndexOf('/', Scheme.Length) is var slash && (slash < 0 || slash == text.Length - 1)) error = "the file's name is missing: tftp://HOST[:PORT]/NAME";
        else if (ParseAuthority(text[Scheme.Length..slash]) is not { } server) error = "the host must be a name, an IPv4 address or an IPv6 address in brackets, the port 1 to 65535";
        else if (ParseName(text[(slash + 1)..]) is not { } name) error = $"the name must be percent-encoded, 1 to {Request.MaxFileNameLength} bytes without NUL, its mode octet";
        else url = new TftpUrl(server.Host, server.Port, name);
        return url is not null;
    }

    private static ListenAddress? ParseAuthority(string text) =>
        text.Length == 0 || text.All(char.IsAsciiDigit) || text[0] == ':' ? null
        : ListenAddress.TryParse(text, ServerOptions.TftpPort) is { Port: > 0 } address ? address
        : null;

    private static string? ParseName(string text)
    {
        if (text.EndsWith(OctetMode, StringComparison.OrdinalIgnoreCase)) text = text[..^OctetMode.Length];
        else if (text.EndsWith(";mode=netascii", StringComparison.OrdinalIgnoreCase)) return null;

        try
        {
            var bytes = new byte[StrictUtf8.GetMaxByteCount(text.Length)];
            var length = 0;
            for (var index = 0; index < text.Length;)
            {
                if (text[index] == '%')
                {
                    if (index + 3 > text.Length || !byte.TryParse(text.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length++])) return null;
                    index += 3;
                    continue;
                }

                var next = text.IndexOf('%', index);
                if (next < 0) next = text.Length;
                length += StrictUtf8.GetBytes(text.AsSpan(index, next - index), bytes.AsSpan(length));
                index = next;
            }

            var name = bytes.AsSpan(0, length);
            return length is 0 or > Request.MaxFileNameLength || name.Contains((byte)0) ? null : ByteText.Read(name);
        }
        catch (ArgumentException)
        {
            // A lone surrogate.
            return null;
        }
    }
}
