namespace FlyTftp.Reactive.Tests.Support;

/// <summary>The captures under Recordings/.</summary>
internal static class Recordings
{
    /// <summary>Complete network boots of real firmware (Recordings/README.md).</summary>
    public static IReadOnlyList<string> OfFirmware { get; } =
        ["ipxe-bios.pcap", "ovmf-uefi.pcap", "grub-efi.pcap", "pxelinux.pcap", "lpxelinux.pcap", "syslinux-efi.pcap", "u-boot.pcap"];

    /// <summary>Whatever lies there: a capture that is added is a test.</summary>
    public static IEnumerable<string> All { get; } =
        [.. Directory.EnumerateFiles(PathOf("")).Select(static path => Path.GetFileName(path)!).Where(static name => name.EndsWith(".pcap", StringComparison.Ordinal) || name.EndsWith(".pcapng", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Where the recorded server listened: <c>curl.port6969.pcapng</c> says so in its name, all others at 69.</summary>
    public static int PortOf(string name) =>
        name.Split('.').FirstOrDefault(static part => part.StartsWith("port", StringComparison.Ordinal)) is { } part
            ? int.Parse(part[4..], System.Globalization.CultureInfo.InvariantCulture)
            : 69;

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Recordings", name);
}
