namespace FlyTftp.Reactive.Server.Linux.Files;

/// <summary>
/// How many files and sockets this process may have open (getrlimit(2), RLIMIT_NOFILE). Every transfer of a large file holds one, and
/// systems hand out 1024, for the sake of programs that use select(2); a program may take as many as the hard limit says.
/// </summary>
internal static unsafe class DescriptorLimit
{
    private const int OpenFiles = 7;

    /// <summary>
    /// Takes all there is, as the runtime does where a just-in-time compiler runs, but not in a native program. Where that fails, what was
    /// there has to do.
    /// </summary>
    /// <returns>How many may be open at a time from now on.</returns>
    public static long Raise()
    {
        // struct rlimit: soft, hard.
        var limits = stackalloc ulong[2];
        if (Libc.GetLimit(OpenFiles, limits) < 0) return long.MaxValue;

        var soft = limits[0];
        limits[0] = limits[1];
        if (soft != limits[1] && Libc.SetLimit(OpenFiles, limits) < 0) limits[0] = soft;
        return (long)Math.Min(limits[0], long.MaxValue);
    }
}
