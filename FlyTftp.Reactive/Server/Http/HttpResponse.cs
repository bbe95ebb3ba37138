using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace FlyTftp.Reactive.Server.Http;

/// <summary>What a handler answers with.</summary>
/// <param name="Body">Sent as UTF-8.</param>
internal sealed record HttpResponse(int Status, string ContentType, string Body)
{
    public const string PlainText = "text/plain; charset=utf-8";

    /// <summary>Sent in place of <see cref="Body"/>.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>Further header fields, each with its CR LF.</summary>
    public string Fields { get; init; } = "";

    /// <summary>Sent one after the other as they come, in place of a body, until they end (text/event-stream).</summary>
    public ChannelReader<byte[]>? Events { get; init; }

    /// <summary>Disposed when the last of <see cref="Events"/> was sent, or the client is gone.</summary>
    public IDisposable? OnEnd { get; init; }

    /// <summary>One line of plain text.</summary>
    public static HttpResponse Text(int status, string line) => new(status, PlainText, line + "\n");

    /// <summary>
    /// The bytes of the response (RFC 9112 §4). Each closes its connection, so that no client can hold one for longer than one answer.
    /// </summary>
    /// <param name="withBody"><c>false</c> for HEAD: the same head, Content-Length included, and nothing after it (RFC 9110 §9.3.2).</param>
    public byte[] Encode(DateTimeOffset date, bool withBody)
    {
        var body = Bytes ?? Encoding.UTF8.GetBytes(Body);
        var head = new StringBuilder(256)
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} {Reason}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Date: {date:R}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: {ContentType}\r\n")
            .Append(Fields).Append("Cache-Control: no-store\r\nConnection: close\r\n");
        // RFC 9112 §6.3: without a length the end of the connection is the end of the body.
        if (Events is null) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        // RFC 9110 §15.5.6: a 405 names what would have been allowed.
        if (Status == 405) head.Append("Allow: GET, HEAD\r\n");

        var bytes = Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
        return withBody ? [.. bytes, .. body] : bytes;
    }

    private string Reason => Status switch
    {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        421 => "Misdirected Request",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        // RFC 9112 §4: the reason may be empty, the space before it not.
        _ => "",
    };
}
