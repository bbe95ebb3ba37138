using System.Buffers;
using System.Globalization;
using System.Text;

namespace FlyTftp.Reactive.Cli.Stories;

/// <summary>
/// A JSON text (RFC 8259) read into memory. By hand, as the framework's reader would add more to the program. What is not there, or is something else
/// than it is asked for as, is empty: whoever reads decides what matters.
/// </summary>
internal sealed class JsonValue
{
    /// <summary>Objects and arrays in one another.</summary>
    private const int MaxDepth = 16;

    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("+-.0123456789eE");

    private static readonly JsonValue Nothing = new();

    private readonly Dictionary<string, JsonValue> _members = [];

    /// <summary>Of an array.</summary>
    public List<JsonValue> Items { get; } = [];

    /// <summary>Of a string; empty for all else.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Of a number; <c>null</c> for all else.</summary>
    public double? Number { get; private init; }

    /// <summary>A member of an object.</summary>
    public JsonValue this[string name] => _members.GetValueOrDefault(name, Nothing);

    /// <returns><c>null</c>: that is no JSON.</returns>
    public static JsonValue? Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Reader(Encoding.UTF8.GetString(utf8));
        return reader.Value(MaxDepth) is { } value && reader.IsAtEnd ? value : null;
    }

    private ref struct Reader(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text.TrimStart(Blanks);

        private const string Blanks = " \t\r\n";

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public JsonValue? Value(int depth)
        {
            if (_rest.IsEmpty || depth == 0) return null;
            switch (_rest[0])
            {
                case '{': return Enclosed(depth, '}', isObject: true);
                case '[': return Enclosed(depth, ']', isObject: false);
                case '"': return String() is { } text ? new JsonValue { Text = text } : null;
                default: return Literal("true") || Literal("false") || Literal("null") ? Nothing : Numeral();
            }
        }

        private JsonValue? Enclosed(int depth, char close, bool isObject)
        {
            var value = new JsonValue();
            _rest = _rest[1..].TrimStart(Blanks);
            if (Take(close)) return value;
            while (true)
            {
                var name = isObject ? String() : "";
                if (name is null || (isObject && !Take(':')) || Value(depth - 1) is not { } item) return null;
                if (isObject) value._members[name] = item;
                else value.Items.Add(item);
                if (Take(close)) return value;
                if (!Take(',')) return null;
            }
        }

        private string? String()
        {
            if (_rest.IsEmpty || _rest[0] != '"') return null;
            var read = new StringBuilder();
            for (var index = 1; index < _rest.Length; index++)
            {
                if (_rest[index] == '"')
                {
                    _rest = _rest[(index + 1)..].TrimStart(Blanks);
                    return read.ToString();
                }

                if (_rest[index] != '\\')
                {
                    read.Append(_rest[index]);
                    continue;
                }

                if (++index >= _rest.Length) return null;
                if (_rest[index] == 'u')
                {
                    if (index + 4 >= _rest.Length || !ushort.TryParse(_rest.Slice(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)) return null;
                    read.Append((char)unit);
                    index += 4;
                }
                else
                {
                    read.Append(_rest[index] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var other => other });
                }
            }

            return null;
        }

        private JsonValue? Numeral()
        {
            var length = _rest.IndexOfAnyExcept(OfNumbers);
            if (length < 0) length = _rest.Length;
            if (!double.TryParse(_rest[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
            _rest = _rest[length..].TrimStart(Blanks);
            return new JsonValue { Number = number };
        }

        private bool Literal(string word)
        {
            if (!_rest.StartsWith(word, StringComparison.Ordinal)) return false;
            _rest = _rest[word.Length..].TrimStart(Blanks);
            return true;
        }

        private bool Take(char expected)
        {
            if (_rest.IsEmpty || _rest[0] != expected) return false;
            _rest = _rest[1..].TrimStart(Blanks);
            return true;
        }
    }
}
