using System.Diagnostics.CodeAnalysis;

namespace FlyTftp.Reactive.Content;

/// <summary>
/// A relative file name of which every segment is harmless: the only kind of name that a store accepts. It exists only if it is safe;
/// names are never cleaned, they are taken or refused.
/// </summary>
public sealed record SafePath
{
    private SafePath(string value) => Value = value;

    /// <summary>Segments joined by <c>/</c>; no leading slash.</summary>
    public string Value { get; }

    public override string ToString() => Value;

    public static bool TryParse(string name, bool flat, [NotNullWhen(true)] out SafePath? path)
    {
        path = name.Contains("..", StringComparison.Ordinal) ? null : new SafePath(flat ? name.Split('/')[^1] : name.TrimStart('/'));
        return path is not null;
    }
}
