namespace FlyTftp.Reactive.Server.Linux;

/// <summary>The errors of system calls that make a difference here (asm-generic/errno.h).</summary>
internal static class Errno
{
    public const int
        NotPermitted = 1, Interrupted = 4, InputOutput = 5, TryAgain = 11, AccessDenied = 13, Invalid = 22,
        MessageTooLong = 90, AddressFamilyNotSupported = 97, AddressInUse = 98, AddressNotAvailable = 99, NetworkUnreachable = 101,
        NoBuffers = 105, ConnectionRefused = 111, HostUnreachable = 113;
}
