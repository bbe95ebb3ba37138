using System.Globalization;
using System.Text;

namespace FlyTftp.Reactive.Server.Live;

/// <summary>
/// Writes JSON (RFC 8259), one value after the other; commas are set by themselves. By hand, as a serializer would add more to the program than
/// the page.
/// </summary>
internal sealed class JsonText
{
    private readonly StringBuilder _text = new();
    private bool _needsComma;

    public override string ToString() => _text.ToString();

    /// <summary>As UTF-8, between other bytes. Piece by piece: a string of the whole would be one more large object at each picture.</summary>
    public byte[] ToBytes(ReadOnlySpan<byte> before = default, ReadOnlySpan<byte> after = default)
    {
        var length = before.Length + after.Length;
        foreach (var piece in _text.GetChunks()) length += Encoding.UTF8.GetByteCount(piece.Span);
        var bytes = new byte[length];
        before.CopyTo(bytes);
        var filled = before.Length;
        // No character is half of another: surrogates are escaped.
        foreach (var piece in _text.GetChunks()) filled += Encoding.UTF8.GetBytes(piece.Span, bytes.AsSpan(filled));
        after.CopyTo(bytes.AsSpan(filled));
        return bytes;
    }

    public JsonText Object(Action<JsonText> members) => Enclose('{', members, '}');

    public JsonText Array<T>(IEnumerable<T> elements, Action<JsonText, T> write) => Enclose('[', json =>
    {
        foreach (var element in elements) write(json, element);
    }, ']');

    public JsonText Name(string name)
    {
        String(name);
        _text.Append(':');
        _needsComma = false;
        return this;
    }

    public JsonText Number(double? number)
    {
        Separate();
        _text.Append(number is { } value && double.IsFinite(value) ? value.ToString("0.###", CultureInfo.InvariantCulture) : "null");
        return this;
    }

    /// <summary>Milliseconds since 1970.</summary>
    public JsonText Time(DateTimeOffset? time) => Number(time?.ToUnixTimeMilliseconds());

    public JsonText Duration(TimeSpan? duration) => Number(duration?.TotalMilliseconds);

    public JsonText String(string? text)
    {
        Separate();
        if (text is null)
        {
            _text.Append("null");
            return this;
        }

        _text.Append('"');
        foreach (var character in text) Escape(character);
        _text.Append('"');
        return this;
    }

    // What could end a string, a line of an event stream or a script is written as a number.
    private void Escape(char character)
    {
        if (character is '"' or '\\' or '<' or '>' or '&' || char.IsControl(character) || char.IsSurrogate(character) || character is '\u2028' or '\u2029')
            _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        else _text.Append(character);
    }

    private JsonText Enclose(char open, Action<JsonText> write, char close)
    {
        Separate();
        _text.Append(open);
        _needsComma = false;
        write(this);
        _text.Append(close);
        _needsComma = true;
        return this;
    }

    private void Separate()
    {
        if (_needsComma) _text.Append(',');
        _needsComma = true;
    }
}
