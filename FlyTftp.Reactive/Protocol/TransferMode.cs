namespace FlyTftp.Reactive.Protocol;

/// <summary>How the bytes of a file travel (RFC 1350 §1). "mail" is obsolete and counts as <see cref="Unknown"/>.</summary>
public enum TransferMode : byte
{
    Unknown,
    Octet,
    Netascii,
}
