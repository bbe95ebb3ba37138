namespace FlyTftp.Reactive.Tests.Support;

/// <summary>The captures under Recordings/.</summary>
internal static class Recordings
{
    /// <summary>Complete network boots of real firmware (Recordings/README.md).</summary>
    public static IReadOnlyList<string> OfFirmware { get; } =
        ["ipxe-bios.pcap", "ovmf-uefi.pcap", "grub-efi.pcap", "pxelinux.pcap", "lpxelinux.pcap", "syslinux-efi.pcap", "u-boot.pcap"];

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Recordings", name);
}
