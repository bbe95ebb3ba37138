namespace FlyTftp.Reactive.Protocol;

/// <summary>
/// What RRQ and WRQ say. The name is as received and has been judged by nobody yet: a <c>SafePath</c> is made from it or it is refused.
/// </summary>
/// <param name="FileName">The name's bytes (<see cref="ByteText"/>); empty where a client sent none.</param>
/// <param name="Mode">The mode's text; <see cref="TransferMode"/> says what it means. Empty where a client sent none.</param>
public sealed record Request(string FileName, string Mode, OptionSet Options)
{
    /// <summary>Bytes of a name that may be served or asked for. Firmware stays below 128; PXELINUX allows 255.</summary>
    public const int MaxFileNameLength = 512;

    /// <summary>Bytes of a datagram that are looked at. RFC 2347 §1 asks for no more than 512; a long path with long options may pass it.</summary>
    public const int MaxLength = 1024;

    /// <summary>Case-blind (RFC 1350 §5).</summary>
    public TransferMode TransferMode =>
        Mode.Equals("octet", StringComparison.OrdinalIgnoreCase) ? TransferMode.Octet
        : Mode.Equals("netascii", StringComparison.OrdinalIgnoreCase) ? TransferMode.Netascii
        : TransferMode.Unknown;
}
