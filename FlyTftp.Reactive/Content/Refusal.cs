using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Content;

/// <summary>Why a request is not served: a closed list, so that it can label a metric.</summary>
public enum RefusalReason : byte
{
    WriteRequest,
    UnknownOpcode,
    UnknownMode,
    Extension,
    UnsafePath,

    /// <summary>A rule of <c>--rules</c> refuses it.</summary>
    Rule,
    NotFound,

    /// <summary>There is something of that name that cannot be sent: no permission, a folder, a device, a disk error.</summary>
    Unreadable,
}

/// <summary>
/// A request that is answered with one ERROR packet. The text is the same for every name that is refused for the same reason: it
/// never tells whether a file exists.
/// </summary>
public sealed record Refusal(RefusalReason Reason, ErrorCode Code, string Message)
{
    /// <summary>
    /// What stands in the way is over soon: the client is not told, since to a boot ROM any ERROR is the end; it asks again.
    /// </summary>
    public bool IsTemporary { get; init; }

    /// <summary>For the log, never for the client: what exactly failed. <c>null</c> where <see cref="Message"/> says it all.</summary>
    public string? Detail { get; init; }

    public static readonly Refusal
        WriteRequest = new(RefusalReason.WriteRequest, ErrorCode.AccessViolation, "read-only server"),
        UnknownOpcode = new(RefusalReason.UnknownOpcode, ErrorCode.IllegalOperation, "unknown opcode"),
        UnknownMode = new(RefusalReason.UnknownMode, ErrorCode.IllegalOperation, "mode is neither octet nor netascii"),
        // One text for both, so that a probe learns nothing about which rule it met.
        Extension = new(RefusalReason.Extension, ErrorCode.AccessViolation, "not served"),
        UnsafePath = new(RefusalReason.UnsafePath, ErrorCode.AccessViolation, "not served"),
        Rule = new(RefusalReason.Rule, ErrorCode.AccessViolation, "not served"),
        NotFound = new(RefusalReason.NotFound, ErrorCode.FileNotFound, "file not found"),
        // Boot loaders act on codes 1 and 2; on 0, U-Boot starts over for ever.
        Unreadable = new(RefusalReason.Unreadable, ErrorCode.AccessViolation, "file cannot be read"),
        LinkLeavesRoot = UnsafePath with { Detail = "a link that leaves the root" },
        TooManyLinks = Unreadable with { Detail = "too many links" },
        Folder = Unreadable with { Detail = "a folder" },
        Device = Unreadable with { Detail = "a device, a FIFO or a socket" },
        Busy = Unreadable with { IsTemporary = true };

    /// <summary>The text, and what exactly failed: for the log, never for the client.</summary>
    public string ForTheLog => Detail is null ? Message : $"{Message}: {Detail}";

    public ErrorReport Report => new(Code, Message);
}
