using System.Net;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Client;

public enum DownloadOutcome : byte
{
    Complete,

    /// <summary>The server sent an ERROR.</summary>
    Error,

    /// <summary>Nobody listens at the port, says the network (ICMP).</summary>
    Refused,

    /// <summary>Nothing came, or nothing more.</summary>
    NoAnswer,

    /// <summary>The server does not keep to the RFCs, or the file was not as long as it had said.</summary>
    Violation,

    /// <summary>The host's name has no address, or no packet can be sent there.</summary>
    Unreachable,

    /// <summary>What was received could not be written.</summary>
    NotWritten,

    /// <summary>The file is longer than <see cref="DownloadRequest.MaxSize"/>.</summary>
    TooLarge,

    Cancelled,
}

/// <summary>How a download ended.</summary>
/// <param name="Detail">One clause for people, safe to print; empty when complete.</param>
/// <param name="Bytes">Bytes of the file received in order.</param>
/// <param name="Server">The address that answered or should have, if it came to that.</param>
/// <param name="Parameters">What was granted.</param>
/// <param name="Repeats">Requests and ACKs sent again because nothing came.</param>
/// <param name="ServerError">Of <see cref="DownloadOutcome.Error"/>.</param>
public sealed record DownloadResult(
    DownloadOutcome Outcome, string Detail, long Bytes, TimeSpan Duration, IPEndPoint? Server = null,
    TransferParameters Parameters = default, int Repeats = 0, ErrorReport? ServerError = null)
{
    public bool IsComplete => Outcome == DownloadOutcome.Complete;
}

/// <param name="Bytes">Bytes received in order.</param>
/// <param name="Total">The file's size, if the server has told it.</param>
public readonly record struct DownloadProgress(long Bytes, long? Total);
