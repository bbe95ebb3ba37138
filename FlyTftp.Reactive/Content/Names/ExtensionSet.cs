using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Content.Names;

/// <summary>
/// Which names may be asked for, by their extension: judged on the last segment alone, case-blind, before the file system is asked.
/// </summary>
/// <remarks>
/// A name's extension is its last part after a dot that does not begin with a digit, up to the first character that is neither letter,
/// digit nor underscore. So <c>vmlinuz-6.1.0-18-amd64</c> and <c>pxelinux.0</c> have none, <c>initrd.img-6.1.0</c> has <c>.img</c>,
/// <c>grub.cfg-C0A8</c> has <c>.cfg</c>, and neither <c>server.key.1</c> nor <c>server.key~</c> gets round a list without <c>.key</c>.
/// In an entry, <c>#</c> stands for a number: <c>.b#</c> allows <c>s.b00</c>.
/// </remarks>
public sealed class ExtensionSet
{
    /// <summary>The entry for names without an extension, such as <c>vmlinuz</c> and <c>pxelinux.cfg/01-52-54-00-12-34-56</c>.</summary>
    public const string None = "none";

    /// <summary>Characters after the dot.</summary>
    public const int MaxExtensionLength = 16;

    /// <summary>Characters of an entry that is a whole file name.</summary>
    public const int MaxNameLength = 64;

    /// <summary>What machines ask for while they boot or install, and no more. Never the extension of a key or a certificate.</summary>
    public const string DefaultList =
        None
        + ",.0,.c32,.e32,.e64,.com,.cbt,.bss,.msg,.pxe,.nbp" // PXELINUX and its kin
        + ",.ipxe,.kpxe,.kkpxe,.kkkpxe,.lkrn,.efi,.signed,.usb,.dsk,.hd" // iPXE, UEFI
        + ",.cfg,.conf,.lst,.mod,.mo,.pf2,.fnt,.psf,.lss,.png,.jpg,.jpeg,.tga,.txt" // GRUB, menus
        + ",.img,.iso,.gz,.xz,.zst,.bz2,.lz4,.lzma,.tgz,.tar,.cpio,.initrd,.vmlinuz,.kernel,.ramdisk" // kernels and initial RAM disks
        + ",.squashfs,.sqfs,.erofs,.cramfs,.ext2,.ext3,.ext4,.raw,.wic" // their root file systems
        + ",.x86_64,.i386,.i686,.aarch64,.arm64,.amd64,.ppc64le,.riscv64,.s390x,.el#,.el#_#,.fc#" // vmlinuz-5.14.0-427.el9.aarch64
        + ",.bin,.elf,.dtb,.dtbo,.itb,.fit,.ub,.uimg,.uimage,.zimage,.bzimage,.scr,.env,.imx,.swu,.ubi,.ubifs,.jffs2" // U-Boot
        + ",.wim,.swm,.sdi,.bcd,.exe,.dll,.mui,.n12,.ttf,.ini,.stl,.cip" // Windows PE
        + ",sipolicy.p7b,winsipolicy.p7b,driversipolicy.p7b,skusipolicy.p7b,atpsipolicy.p7b" // what Windows may start: no other .p7b
        + ",.dat,.sig,.upd" // Raspberry Pi: fixup.dat, boot.sig
        + ",.b#,.i#,.t#,.v#" // ESXi: s.b00, vmx.v00
        + ",.rc,.lua,.ko,.hints,.rd,.mp,.sp,.net,.aout,.sun#,.sun#c,.sun#d,.sun#m,.sun#u,.sun#v" // the BSDs
        + ",.json,.ign,.yaml,.yml,.xml,.seed,.preseed,.ks,.treeinfo,.discinfo"; // the answers that installers ask for

    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\");

    private readonly HashSet<string> _entries;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly bool _none, _numbers, _names;

    private ExtensionSet(HashSet<string> entries)
    {
        _entries = entries;
        _lookup = entries.GetAlternateLookup<ReadOnlySpan<char>>();
        _none = entries.Contains(None);
        _numbers = entries.Any(static entry => entry.Contains('#'));
        _names = entries.Any(IsName);
    }

    /// <summary>The list <c>*</c>.</summary>
    public static ExtensionSet All { get; } = new(new(StringComparer.OrdinalIgnoreCase) { "*" });

    public static ExtensionSet Default { get; } =
        TryParse(DefaultList, out var set, out var error) ? set : throw new InvalidOperationException(error);

    /// <summary>Reads <c>.kpxe,.efi,none</c> or <c>*</c>; an entry without a leading dot is a whole file name. Spaces around it do not count.</summary>
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
                    + $"each with one dot and at most {MaxExtensionLength} letters, digits, underscores or # for a number, or a file's name";
                return false;
            }

            entries.Add(entry);
        }

        set = entries.Contains("*") ? All : new ExtensionSet(entries);
        return true;
    }

    /// <param name="name">As the client wrote it, with either slash.</param>
    public bool Allows(ReadOnlySpan<char> name)
    {
        if (this == All) return true;

        var segment = LastSegment(name);
        if (segment.IsEmpty) return false;
        if (_names && segment[0] != '.' && _lookup.Contains(segment)) return true;
        return (ExtensionOf(segment, out var number) is { IsEmpty: false } extension ? Has(extension) : _none || _lookup.Contains(number))
            && !SecretNames.Has(name);
    }

    /// <summary>One clause for the log about a name that is not allowed: what is missing in the list.</summary>
    public string WhyNot(ReadOnlySpan<char> name)
    {
        var segment = LastSegment(name);
        if (segment.IsEmpty) return "no file's name";
        var extension = ExtensionOf(segment, out _);
        if (extension.IsEmpty ? _none : Has(extension)) return "a name as keys and passwords have it; only --allow '*' or the name itself serves it";
        return extension.IsEmpty ? $"names without an extension (\"{None}\") are not in --allow" : $"extension \"{Printable.Quote(extension.ToString())}\" is not in --allow";
    }

    public override string ToString() => string.Join(',', _entries);

    private static ReadOnlySpan<char> LastSegment(ReadOnlySpan<char> name) => name[(name.LastIndexOfAny(Separators) + 1)..];

    /// <param name="number">What might be one after all: the last part, where it begins with a digit.</param>
    private static ReadOnlySpan<char> ExtensionOf(ReadOnlySpan<char> segment, out ReadOnlySpan<char> number)
    {
        number = default;
        for (var rest = segment; rest.LastIndexOf('.') is >= 0 and var dot; rest = rest[..dot])
        {
            var part = rest[dot..];
            // A dot at the end begins nothing.
            if (part.Length == 1 && number.IsEmpty) continue;
            if (part.Length == 1 || !char.IsAsciiDigit(part[1])) return part[..ExtensionLength(part)];
            if (number.IsEmpty) number = part;
        }

        return default;
    }

    private bool Has(ReadOnlySpan<char> extension)
    {
        if (_lookup.Contains(extension)) return true;
        if (!_numbers || extension.Length > MaxExtensionLength + 1) return false;

        Span<char> pattern = stackalloc char[MaxExtensionLength + 1];
        var length = 0;
        foreach (var character in extension)
        {
            if (!char.IsAsciiDigit(character)) pattern[length++] = character;
            else if (pattern[length - 1] != '#') pattern[length++] = '#';
        }

        return _lookup.Contains(pattern[..length]);
    }

    private static int ExtensionLength(ReadOnlySpan<char> part)
    {
        var length = 1;
        while (length < part.Length && (char.IsLetterOrDigit(part[length]) || part[length] == '_')) length++;
        return length;
    }

    private static bool IsEntry(string entry) =>
        entry == "*"
        || entry.Equals(None, StringComparison.OrdinalIgnoreCase)
        || (entry.Length is > 1 and <= MaxExtensionLength + 1 && entry[0] == '.' && ExtensionLength(entry.Replace('#', '0')) == entry.Length)
        || (entry.Length <= MaxNameLength && IsName(entry));

    private static bool IsName(string entry) =>
        entry.Length > 0 && char.IsLetterOrDigit(entry[0]) && entry.Contains('.') && entry[^1] != '.'
        && entry.All(static character => char.IsLetterOrDigit(character) || character is '.' or '_' or '-');
}
