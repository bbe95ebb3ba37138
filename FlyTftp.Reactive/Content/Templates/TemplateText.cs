using System.Buffers;

namespace FlyTftp.Reactive.Content.Templates;

/// <summary>What may pass into a template.</summary>
internal static class TemplateText
{
    private static readonly SearchValues<char> Harmless = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:/+%");

    /// <summary>
    /// Characters of addresses and names only: no white space, no quotes, nothing by which an iPXE script, a shell or a kernel's command line begins
    /// something new.
    /// </summary>
    public static bool IsHarmless(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(Harmless);

    /// <summary>For what the operator has set: one line.</summary>
    public static bool IsOneLine(ReadOnlySpan<char> value)
    {
        foreach (var character in value)
        {
            if (char.IsControl(character) || char.IsSurrogate(character)) return false;
        }

        return true;
    }
}
