using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Boots;

/// <summary>What a client looks like. A guess by the options it asks for and the names it asks for, never a fact.</summary>
public enum ClientKind : byte
{
    Unknown,
    Ipxe,
    Edk2,
    Grub,
    Syslinux,
    UBoot,
    Windows,
    PxeRom,
    RaspberryPi,
    Cisco,
    Curl,
    BusyBox,
    Atftp,
    FlyTftp,
}

/// <summary>
/// Recognises TFTP clients. Each stack asks for the same options in the same order with the same values, whatever the machine; what has none is
/// told by the names of its files, if at all.
/// </summary>
public static class ClientKinds
{
    /// <summary>As people know it.</summary>
    public static string Name(this ClientKind kind) => kind switch
    {
        ClientKind.Ipxe => "iPXE",
        ClientKind.Edk2 => "UEFI firmware (EDK2)",
        ClientKind.Grub => "GRUB",
        ClientKind.Syslinux => "PXELINUX or syslinux",
        ClientKind.UBoot => "U-Boot",
        ClientKind.Windows => "Windows boot manager",
        ClientKind.PxeRom => "PXE ROM",
        ClientKind.RaspberryPi => "Raspberry Pi",
        ClientKind.Cisco => "Cisco phone or switch",
        ClientKind.Curl => "curl",
        ClientKind.BusyBox => "BusyBox tftp",
        ClientKind.Atftp => "atftp",
        ClientKind.FlyTftp => "flytftp get",
        _ => "unknown client",
    };

    public static ClientKind Of(Request request) => ByOptions(request.Options) is var kind and not ClientKind.Unknown ? kind : ByName(request.FileName);

    private static ClientKind ByOptions(OptionSet options)
    {
        // Microsoft's own option, which nobody else asks for.
        if (options.TryGet("msftwindow", out _)) return ClientKind.Windows;
        var blockSize = options.TryGet(OptionSet.BlockSize, out var option) && option.TryGetNumber(out var number) ? number : 0;
        return string.Join(' ', options.Select(static option => option.Name.ToLowerInvariant())) switch
        {
            "blksize tsize" => blockSize switch { 1432 => ClientKind.Ipxe, 1024 => ClientKind.Grub, _ => ClientKind.BusyBox },
            "blksize tsize windowsize" => ClientKind.FlyTftp,
            "tsize blksize" => blockSize switch { 1408 => ClientKind.Syslinux, 1456 => ClientKind.PxeRom, >= 1024 => ClientKind.Edk2, _ => ClientKind.Unknown },
            "tsize blksize windowsize" or "blksize windowsize" => blockSize switch { 1456 => ClientKind.Windows, >= 1400 => ClientKind.Edk2, _ => ClientKind.Atftp },
            "blksize" => blockSize switch { 1456 => ClientKind.PxeRom, 1468 => ClientKind.Edk2, _ => ClientKind.Unknown },
            "tsize blksize timeout" => ClientKind.Curl,
            "timeout tsize blksize" or "timeout tsize blksize windowsize" => ClientKind.UBoot,
            _ => ClientKind.Unknown,
        };
    }

    private static ClientKind ByName(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..].ToLowerInvariant();
        return last switch
        {
            "start.elf" or "start4.elf" or "start4cd.elf" or "fixup4.dat" or "fixup.dat" or "bootcode.bin" or "recovery.elf" or "config.txt" or "cmdline.txt" or "pieeprom.sig" => ClientKind.RaspberryPi,
            "network-confg" or "cisconet.cfg" or "router-confg" or "ciscortr.cfg" or "xmldefault.cnf.xml" or "ctlsepmac.tlv" => ClientKind.Cisco,
            _ when last.EndsWith(".cnf.xml", StringComparison.Ordinal) || last.EndsWith("-confg", StringComparison.Ordinal) => ClientKind.Cisco,
            "bootmgr.exe" or "bootmgfw.efi" or "wdsmgfw.efi" or "bcd" or "boot.sdi" => ClientKind.Windows,
            _ => ClientKind.Unknown,
        };
    }
}
