using System.Globalization;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Boots;

/// <summary>What is wrong with a transfer, and what to do about it. Rules of thumb: each says why it thinks so.</summary>
internal static class Findings
{
    /// <summary>One block a round trip is slow from here on.</summary>
    private static readonly TimeSpan LongRoundTrip = TimeSpan.FromMilliseconds(20);

    /// <summary>Blocks below which a slow transfer does not matter.</summary>
    private const long ManyRoundTrips = 200;

    /// <summary>The same file so often is a client that starts over.</summary>
    public const int Restarts = 3;

    private const int MaxBlockNumber = ushort.MaxValue;

    /// <param name="client">What it looks like.</param>
    public static IEnumerable<BootFinding> Of(BootTransfer transfer, ClientKind client)
    {
        var name = $"\"{transfer.Request.FileName}\"";
        if (transfer.IsAnsweredByAnother)
            yield return Found(FindingKind.AnsweredByAnother, $"{name} was answered from another address than was asked: most clients refuse that; have the server reply from the address it was asked at");
        if (Refused(transfer, name) is { } refused) yield return refused;
        else if (Broken(transfer, name) is { } broken) yield return broken;
        if (transfer is { Ending: TransferEnding.Complete, RoundTrip: { } trip, Blocks: >= ManyRoundTrips } && trip >= LongRoundTrip && Window(transfer) == 1)
        {
            var size = transfer.Bytes / transfer.Blocks;
            yield return Found(FindingKind.SlowRoundTrips, $"{name} came one block a round trip of {StepWords.Span(trip)}, which is {StepWords.Bytes(size / trip.TotalSeconds)} a second at best: have the client ask for larger blocks or for windows, or fetch by HTTP");
        }

        if (transfer.Blocks > MaxBlockNumber && (client == ClientKind.RaspberryPi || transfer.Ending is not TransferEnding.Complete))
            yield return Found(FindingKind.ManyBlocks, $"{name} has more than 65,535 blocks, which some clients (Raspberry Pi 5) cannot count: have the client ask for larger blocks");
    }

    /// <param name="count">How often the boot has asked for this file.</param>
    public static BootFinding Restarted(string name, int count) => Found(FindingKind.Restarted,
        string.Create(CultureInfo.InvariantCulture, $"\"{name}\" was asked for {count} times: the client starts over; look at what it does with the file"));

    /// <summary>The client goes elsewhere than anybody told it to.</summary>
    /// <param name="directions">What DHCP servers said since the transfer before.</param>
    public static BootFinding? Astray(BootTransfer transfer, IReadOnlyCollection<BootDirection> directions)
    {
        var said = directions.Select(direction => Elsewhere(transfer, direction)).ToList();
        return said.Count == 0 || said.Contains(null) ? null
            : Found(FindingKind.DirectedElsewhere, $"{said[^1]}: another DHCP server or a setting of the client says otherwise");
    }

    private static string? Elsewhere(BootTransfer transfer, BootDirection direction)
    {
        if (direction.Server is { } server && System.Net.IPAddress.TryParse(server, out var address) && !transfer.Server.Address.Equals(address))
            return $"DHCP server {direction.By.Address} named server {server}, but {transfer.Server.Address} was asked";
        return direction.File is { } file && !transfer.Request.FileName.TrimStart('/').Equals(file.TrimStart('/'), StringComparison.Ordinal) && !file.Contains("://", StringComparison.Ordinal)
            ? $"DHCP server {direction.By.Address} named \"{file}\", but \"{transfer.Request.FileName}\" was asked for"
            : null;
    }

    private static BootFinding? Refused(BootTransfer transfer, string name)
    {
        if (transfer.Refusal == RefusalReason.Extension)
            return Found(FindingKind.ExtensionNotAllowed, $"{name} has an extension that is not served here: add it to --allow");
        if (transfer.Ending != TransferEnding.Refused) return null;
        if (transfer.IsUpload) return Found(FindingKind.WriteRefused, $"{name} was to be uploaded, and the server does not take it");
        if (transfer.NearestName is { } nearest)
            return Found(FindingKind.NameDiffers, $"{name} is not there, \"{nearest}\" is: correct the name; folders and upper and lower case count");
        if (StepWords.IsMissing(transfer))
            return StepWords.IsOptional(transfer.Request.FileName) ? null : Found(FindingKind.FileMissing, $"{name} is not there");
        return transfer.Refusal switch
        {
            RefusalReason.UnsafePath => Found(FindingKind.NameRefused, $"{name} leads out of the folder, or to a hidden file: it is never served"),
            RefusalReason.Unreadable => Found(FindingKind.Unreadable, $"{name} is there and cannot be read{(transfer.Detail is null ? "" : $": {transfer.Detail}")}"),
            _ => Found(FindingKind.NameRefused, $"{name} was refused: {transfer.Detail}"),
        };
    }

    private static BootFinding? Broken(BootTransfer transfer, string name) => transfer.Ending switch
    {
        TransferEnding.Unconfirmed => Found(FindingKind.LastAckLost, $"the last ACK of {name} was lost or never sent; the client most likely has the file"),
        TransferEnding.Unanswered => Found(FindingKind.Unanswered, $"{name} was not answered: no server, a firewall, or a capture without the replies"),
        TransferEnding.Unreachable => Found(FindingKind.Unreachable, $"{name}: {transfer.Detail}"),
        TransferEnding.ServerSilent => Found(FindingKind.ServerSilent, $"the server fell silent in {name} while the client asked on"),
        TransferEnding.Faulted => Found(FindingKind.ServerFailed, $"the server could not go on with {name}: {transfer.Detail}"),
        TransferEnding.Closed when transfer.Detail is { } detail => Found(FindingKind.ClientError, $"the client stopped {name}: {detail}"),
        TransferEnding.GaveUp when !transfer.HasAcknowledged =>
            Found(FindingKind.NothingAcknowledged, $"nothing that was sent for {name} was ever acknowledged: a firewall, NAT or a wrong route between server and client"),
        TransferEnding.GaveUp when transfer.Blocks == 0 && BlockSize(transfer) > TransferParameters.DefaultBlockSize => Found(FindingKind.LargeBlocksLost,
            string.Create(CultureInfo.InvariantCulture, $"blocks of {BlockSize(transfer)} bytes of {name} were never acknowledged, though the OACK was: the path loses large packets; try a smaller --blksize-max")),
        TransferEnding.GaveUp => Found(FindingKind.FellSilent, $"the client fell silent in {name} after {StepWords.Bytes(transfer.Bytes)}: it was switched off, or the path was lost"),
        _ => null,
    };

    private static long BlockSize(BootTransfer transfer) => Number(transfer, OptionSet.BlockSize, TransferParameters.DefaultBlockSize);

    private static long Window(BootTransfer transfer) => Number(transfer, OptionSet.WindowSize, 1);

    private static long Number(BootTransfer transfer, string option, long otherwise) =>
        transfer.Granted.TryGet(option, out var found) && found.TryGetNumber(out var number) ? number : otherwise;

    private static BootFinding Found(FindingKind kind, string text) => new(kind, Printable.Escape(text));
}
