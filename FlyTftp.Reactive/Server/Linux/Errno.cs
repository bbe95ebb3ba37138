namespace FlyTftp.Reactive.Server.Linux;

/// <summary>The errors of system calls that make a difference here (asm-generic/errno.h).</summary>
internal static class Errno
{
    public const int
        NotPermitted = 1, NoEntry = 2, Interrupted = 4, InputOutput = 5, NoDeviceOrAddress = 6, BadDescriptor = 9, TryAgain = 11, NoMemory = 12,
        AccessDenied = 13, BadAddress = 14, CrossDevice = 18, NoDevice = 19, NotDirectory = 20, Invalid = 22, TooManyOpenInSystem = 23, TooManyOpen = 24,
        TooLarge = 27, BrokenPipe = 32, NameTooLong = 36, NotImplemented = 38, Loop = 40, NotOnNetwork = 64, Protocol = 71, NotSocket = 88, MessageTooLong = 90,
        NoProtocolOption = 92, NotSupported = 95, AddressFamilyNotSupported = 97, AddressInUse = 98, AddressNotAvailable = 99,
        NetworkUnreachable = 101, NoBuffers = 105, TimedOut = 110, ConnectionRefused = 111, HostDown = 112, HostUnreachable = 113;
}
