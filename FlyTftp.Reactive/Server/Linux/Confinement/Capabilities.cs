namespace FlyTftp.Reactive.Server.Linux.Confinement;

/// <summary>Capabilities (capabilities(7)), which Linux keeps per thread.</summary>
internal static unsafe class Capabilities
{
    private const int DropFromBoundingSet = 24;
    private const uint Version3 = 0x20080522;
    private const int Count = 64;

    /// <summary>
    /// Empties the bounding set, so that no program started later could get any. Must come before the user changes, and needs CAP_SETPCAP;
    /// without it the set stays, which <c>no_new_privs</c> makes harmless.
    /// </summary>
    public static SystemError? DropBounding() => EveryThread.Run(static () =>
    {
        for (var capability = 0; capability < Count; capability++)
        {
            // Fails with EINVAL past the last one that the kernel knows.
            if (Libc.ProcessControl(DropFromBoundingSet, capability, 0, 0, 0) < 0) break;
        }

        return null;
    });

    /// <summary>Empties the permitted, effective and inheritable sets, and with them the ambient set, which the kernel never lets exceed them.</summary>
    public static SystemError? DropAll() => EveryThread.Run(static () =>
    {
        // struct __user_cap_header_struct: version, process (0: this thread); then twice effective, permitted, inheritable.
        var header = stackalloc uint[2] { Version3, 0 };
        var none = stackalloc uint[6];
        for (var word = 0; word < 6; word++) none[word] = 0;
        return SystemError.Of("capset", SystemCall.SetCapabilities.Invoke((nint)header, (nint)none));
    });
}
