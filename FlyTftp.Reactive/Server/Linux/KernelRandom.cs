using System.Runtime.InteropServices;

namespace FlyTftp.Reactive.Server.Linux;

/// <summary>
/// Random bytes from the kernel (getrandom(2)): without the device file that an empty root does not have, and without a cryptographic library, which
/// a confined process cannot load.
/// </summary>
internal static unsafe partial class KernelRandom
{
    public static UInt128 Key()
    {
        UInt128 key;
        if (GetRandom((byte*)&key, (nuint)sizeof(UInt128), 0) != sizeof(UInt128)) throw new InvalidOperationException("getrandom has failed");
        return key;
    }

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static partial nint GetRandom(byte* buffer, nuint length, uint flags);
}
