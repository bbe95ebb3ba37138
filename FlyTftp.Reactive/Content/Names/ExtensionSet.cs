using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace FlyTftp.Reactive.Content.Names;

/// <summary>
/// Which names may be asked for, by their extension: judged on the last segment alone, case-blind, before the file system is asked.
/// </summary>
/// <remarks>
/// A name's extension is its last part after a dot that does not begin with a digit, up to the first character that is neither letter,
/// digit nor underscore. So <c>vmlinuz-6.1.0-18-amd64</c> and <c>pxelinux.0</c> have none, <c>initrd.img-6.1.0</c> has <c>.img</c>,
/// <c>grub.cfg-C0A8</c> has <c>.cfg</c>, and neither <c>server.key.1</c> nor <c>server.key~</c> gets round a list without <c>.key</c>.
/// </remarks>
public sealed class ExtensionSet
{
    /// <summary>The entry for names without an extension, such as <c>vmlinuz</c> and <c>pxelinux.cfg/01-52-54-00-12-34-56</c>.</summary>
    public const string None = "none";

    /// <summary>Characters after the dot.</summary>
    public const int MaxExtensionLength = 16;

    /// <summary>What boot loaders ask for and no more. Never the extension of a key or a certificate.</summary>
    public const string DefaultList =
        None
        + ",.0,.c32,.e32,.e64,.com,.cbt,.bss,.msg,.pxe" // PXELINUX and its kin
        + ",.ipxe,.kpxe,.kkpxe,.kkkpxe,.lkrn,.efi,.signed,.usb,.dsk,.hd" // iPXE, UEFI
        + ",.cfg,.conf,.lst,.mod,.mo,.pf2,.png,.jpg,.jpeg,.tga,.txt" // GRUB, menus
        + ",.img,.iso,.gz,.xz,.zst,.bz2,.lz4,.lzma,.tgz,.cpio,.squashfs" // kernels and initial RAM disks
        + ",.x86_64,.i686,.aarch64,.ppc64le,.riscv64,.s390x" // vmlinuz-5.14.0-427.el9.aarch64
        + ",.bin,.elf,.dtb,.dtbo,.itb,.fit,.ub,.uimg,.scr,.env" // U-Boot
        + ",.wim,.swm,.sdi,.bcd,.exe,.dll,.mui,.n12,.ttf,.ini" // Windows PE
        + ",.dat,.sig,.upd"; // Raspberry Pi: fixup.dat, boot.sig

    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\");

    private readonly HashSet<string> _entries;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly bool _none;

    private ExtensionSet(HashSet<string> entries)
    {
        _entries = entries;
        _lookup = entries.GetAlternateLookup<ReadOnlySpan<char>>();
        _none = entries.Contains(None);
    }

    /// <summary>The list <c>*</c>.</summary>
    public static ExtensionSet All { get; } = new(new(StringComparer.OrdinalIgnoreCase) { "*" });

    public static ExtensionSet Default { get; } =
        TryParse(DefaultList, out var set, out var error) ? set : throw new InvalidOperationException(error);

    /// <summary>Reads <c>.kpxe,.efi,none</c> or <c>*</c>; spaces around an entry do not count.</summary>
    /// <param name="error">One line: which entry is wrong and what may stand there.</param>
    public static bool TryParse(string list, [NotNullWhen(true)] out ExtensionSet? set, [NotNullWhen(false)] out string? error)
    {
        (set, error) = (null, null);
        var entries = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!IsEntry(entry))
            {
                error = $"\"{entry}\" is no extension: allowed are \"*\" or a list such as \".kpxe,.efi,{None}\", "
                    + $"each with one dot and at most {MaxExtensionLength} letters, digits or underscores";
                return false;
            }

            entries.Add(entry);
        }

        set = entries.Contains("*") ? All : new ExtensionSet(entries);
        return true;
    }

    /// <param name="name">As the client wrote it, with either slash.</param>
    public bool Allows(string name)
    {
        if (this == All) return true;

        var segment = name.AsSpan(name.AsSpan().LastIndexOfAny(Separators) + 1);
        if (segment.IsEmpty) return false;

        var number = default(ReadOnlySpan<char>);
        for (var rest = segment; rest.LastIndexOf('.') is >= 0 and var dot; rest = rest[..dot])
        {
            var part = rest[dot..];
            if (part.Length == 1 || !char.IsAsciiDigit(part[1])) return _lookup.Contains(part[..ExtensionLength(part)]);
            if (number.IsEmpty) number = part;
        }

        return _none || _lookup.Contains(number);
    }

    public override string ToString() => string.Join(',', _entries);

    private static int ExtensionLength(ReadOnlySpan<char> part)
    {
        var length = 1;
        while (length < part.Length && (char.IsLetterOrDigit(part[length]) || part[length] == '_')) length++;
        return length;
    }

    private static bool IsEntry(string entry) =>
        entry == "*"
        || entry.Equals(None, StringComparison.OrdinalIgnoreCase)
        || (entry.Length is > 1 and <= MaxExtensionLength + 1 && entry[0] == '.' && ExtensionLength(entry) == entry.Length);
}
