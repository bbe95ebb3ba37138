namespace FlyTftp.Reactive.Protocol;

/// <summary>The code of an ERROR packet (RFC 1350 appendix; 8: RFC 2347). Boot ROMs act on the code and never show the text.</summary>
public enum ErrorCode : ushort
{
    NotDefined = 0,
    FileNotFound = 1,
    AccessViolation = 2,
    DiskFull = 3,
    IllegalOperation = 4,
    UnknownTransferId = 5,
    FileAlreadyExists = 6,
    NoSuchUser = 7,
    OptionNegotiation = 8,
}
