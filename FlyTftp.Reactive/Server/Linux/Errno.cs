namespace FlyTftp.Reactive.Server.Linux;

/// <summary>The errors of system calls that make a difference here (asm-generic/errno.h).</summary>
internal static class Errno
{
    public const int
        NotPermitted = 1, NoEntry = 2, Interrupted = 4, InputOutput = 5, NoDeviceOrAddress = 6, TryAgain = 11, NoMemory = 12, AccessDenied = 13,
        CrossDevice = 18, NoDevice = 19, NotDirectory = 20, Invalid = 22, TooManyOpenInSystem = 23, TooManyOpen = 24, NameTooLong = 36, NotImplemented = 38, Loop = 40,
        MessageTooLong = 90, NotSupported = 95, AddressFamilyNotSupported = 97, AddressInUse = 98, AddressNotAvailable = 99, NetworkUnreachable = 101,
        NoBuffers = 105, TimedOut = 110, ConnectionRefused = 111, HostUnreachable = 113;
}
