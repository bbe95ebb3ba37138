namespace FlyTftp.Reactive.Protocol;

/// <summary>What a TFTP packet is, in its first two bytes (RFC 1350 §5; OACK: RFC 2347).</summary>
public enum Opcode : ushort
{
    ReadRequest = 1,
    WriteRequest = 2,
    Data = 3,
    Acknowledgment = 4,
    Error = 5,
    OptionAcknowledgment = 6,
}
