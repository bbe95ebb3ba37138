using System.Collections;
using System.Globalization;
using System.Text;

namespace FlyTftp.Reactive.Protocol;

/// <summary>One option of a request or an OACK, spelled as it stands on the wire (RFC 2347).</summary>
public readonly record struct TransferOption(string Name, string Value)
{
    /// <summary>Option names are case-blind (RFC 2347 §1).</summary>
    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The value as a whole number written in ASCII digits only: no sign, no space, at most 18 digits, so that it always fits.
    /// </summary>
    public bool TryGetNumber(out long number)
    {
        number = 0;
        return Value.Length is > 0 and <= 18
            && long.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}

/// <summary>The options of one packet, in the order in which they stand there.</summary>
public sealed class OptionSet(params TransferOption[] options) : IReadOnlyList<TransferOption>, IEquatable<OptionSet>
{
    /// <summary>The names this server knows (RFC 2348, 2349, 7440).</summary>
    public const string BlockSize = "blksize", TransferSize = "tsize", Timeout = "timeout", WindowSize = "windowsize";

    /// <summary>Options of one packet that are looked at; firmware sends at most five.</summary>
    public const int MaxCount = 16;

    /// <summary>Options of a request that no RFC knows and that are kept, and the bytes that the names and values of each may have: for the log alone.</summary>
    public const int UnknownMax = 2, UnknownLengthMax = 32;

    public static OptionSet Empty { get; } = new();

    public int Count => options.Length;

    public TransferOption this[int index] => options[index];

    /// <summary>Whether these bytes are one of the names that this server knows, whatever their case.</summary>
    public static bool IsKnown(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, BlockSize) || Ascii.EqualsIgnoreCase(name, TransferSize)
        || Ascii.EqualsIgnoreCase(name, Timeout) || Ascii.EqualsIgnoreCase(name, WindowSize);

    /// <summary>The first option of that name, whatever its case.</summary>
    public bool TryGet(string name, out TransferOption found)
    {
        foreach (var option in options)
        {
            if (option.Is(name))
            {
                found = option;
                return true;
            }
        }

        found = default;
        return false;
    }

    public IEnumerator<TransferOption> GetEnumerator() => ((IEnumerable<TransferOption>)options).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => options.GetEnumerator();

    public bool Equals(OptionSet? other) => other is not null && this.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as OptionSet);

    public override int GetHashCode() => options.Length == 0 ? 0 : HashCode.Combine(options.Length, options[0]);

    /// <summary>As logs and transcripts show it: <c>blksize=1428 tsize=0</c>.</summary>
    public override string ToString() => string.Join(' ', options.Select(option => $"{option.Name}={option.Value}"));
}
