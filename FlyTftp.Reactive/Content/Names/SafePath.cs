using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Content.Names;

/// <summary>
/// A relative file name of which every segment is harmless: the only kind of name that a store accepts. It exists only if it is safe;
/// names are never cleaned, they are taken or refused.
/// </summary>
public sealed record SafePath
{
    /// <summary>Bytes.</summary>
    public const int MaxLength = Request.MaxFileNameLength;

    public const int MaxSegments = 32;

    // Boot loaders that grew up on Windows mix both in one name.
    /// <summary>Between the segments of a <see cref="Value"/>.</summary>
    public const char Separator = '/';

    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\");

    private SafePath(string value, bool hasControls) => (Value, HasControls) = (value, hasControls);

    /// <summary>Segments joined by <c>/</c>; no leading slash. Its bytes are those of <see cref="ByteText"/>.</summary>
    public string Value { get; }

    /// <summary>It holds control characters: refused like an unsafe name unless such a file exists.</summary>
    public bool HasControls { get; }

    public override string ToString() => Value;

    /// <inheritdoc cref="TryParse(string, bool, bool, out SafePath?, out string?)"/>
    public static bool TryParse(string name, bool flat, [NotNullWhen(true)] out SafePath? path) => TryParse(name, flat, hidden: false, out path, out _);

    /// <summary>
    /// Both slashes separate. Leading separators mean nothing; an empty segment inside, or a dot, is no segment. Refused is a name that ends in a
    /// separator, of more than <see cref="MaxLength"/> bytes or <see cref="MaxSegments"/> segments, or with a segment that is <c>..</c>, holds a NUL
    /// or half a surrogate pair that stands for no byte, or is hidden. On Windows also one that means something else there
    /// (<see cref="WindowsNames"/>).
    /// </summary>
    /// <param name="flat">The last segment becomes the whole path, but only of a name that is safe in all its segments.</param>
    /// <param name="hidden">Segments may begin with a dot.</param>
    /// <param name="why">One clause for the log: what is wrong with it.</param>
    public static bool TryParse(
        string name, bool flat, bool hidden, [NotNullWhen(true)] out SafePath? path, [NotNullWhen(false)] out string? why)
    {
        path = null;
        why = name.Length == 0 ? "no name" : ByteText.LengthOf(name) > MaxLength ? $"a name of more than {MaxLength} bytes" : null;
        if (why is not null) return false;

        var value = new StringBuilder(name.Length);
        ReadOnlySpan<char> last = [];
        var (count, hasControls) = (0, false);
        foreach (var range in name.AsSpan().SplitAny(Separators))
        {
            last = name.AsSpan(range);
            if (last is "" or ".") continue;
            if (++count > MaxSegments) why = $"more than {MaxSegments} folders deep";
            else why = WhyUnsafe(last, hidden, ref hasControls);
            if (why is not null) return false;
            if (flat) value.Clear();
            if (value.Length > 0) value.Append(Separator);
            value.Append(last);
        }

        if (last is "" or ".")
        {
            why = "a folder's name";
            return false;
        }

        path = new SafePath(value.ToString(), hasControls);
        return true;
    }

    /// <summary>Beneath a folder of this name.</summary>
    /// <param name="folder">One harmless segment.</param>
    /// <returns><c>null</c>: too long.</returns>
    public SafePath? Under(string folder) => TryParse($"{folder}/{Value}", flat: false, hidden: true, out var path, out _) ? path : null;

    private static string? WhyUnsafe(ReadOnlySpan<char> segment, bool hidden, ref bool hasControls)
    {
        if (segment is "..") return "\"..\" in it";
        if (segment[0] == '.' && !hidden) return "hidden; --hidden serves it";

        for (var rest = segment; !rest.IsEmpty;)
        {
            var isText = Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done;
            if (isText ? rune.Value == 0 : !ByteText.IsRawByte(rest[0])) return "no file system's name";
            hasControls |= isText && Rune.IsControl(rune);
            rest = rest[length..];
        }

        return OperatingSystem.IsWindows() && !WindowsNames.IsHarmless(segment) ? "a name that means something else to Windows" : null;
    }
}
