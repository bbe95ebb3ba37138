namespace FlyTftp.Reactive.Replay.Unpacking;

/// <summary>What a capture may be compressed by, by its first four bytes.</summary>
internal static class Compression
{
    public const string Gzip = "gzip", Zstd = "zstd";

    /// <param name="magic">In network order.</param>
    /// <returns><c>null</c>: by nothing known.</returns>
    public static string? Of(uint magic) => magic switch
    {
        0x28B5_2FFD => Zstd,
        >= 0x502A_4D18 and <= 0x5F2A_4D18 when (magic & 0x00FF_FFFF) == 0x002A_4D18 => Zstd,
        0xFD37_7A58 => "xz",
        0x0422_4D18 => "lz4",
        0x504B_0304 => "zip",
        _ when magic >> 16 == 0x1F8B => Gzip,
        _ when magic >> 8 == 0x42_5A_68 => "bzip2",
        _ => null,
    };
}
