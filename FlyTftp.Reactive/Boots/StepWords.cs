using System.Globalization;
using FlyTftp.Reactive.Content;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Boots;

/// <summary>Steps of a boot in plain words, safe to print.</summary>
internal static class StepWords
{
    public static bool IsMissing(BootTransfer transfer) =>
        transfer is { Ending: TransferEnding.Refused, IsUpload: false }
        && (transfer.Refusal == RefusalReason.NotFound || (transfer.Refusal is null && transfer.Detail?.StartsWith("ERROR 1 ", StringComparison.Ordinal) == true));

    /// <summary>Names that clients try on the chance that they are there.</summary>
    public static bool IsOptional(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        return last.StartsWith("autoexec.ipxe", StringComparison.Ordinal)
            || name.Contains("pxelinux.cfg/", StringComparison.Ordinal)
            || last.StartsWith("grub.cfg", StringComparison.Ordinal) || last.StartsWith("grubx64.efi.", StringComparison.Ordinal)
            || last.EndsWith(".lst", StringComparison.Ordinal) || last.EndsWith(".mo", StringComparison.Ordinal) || last.EndsWith(".mo.gz", StringComparison.Ordinal)
            || last is "revocations.efi" or "boot.scr.uimg" or "recovery.elf" or "autoboot.txt" or "bootsig.bin";
    }

    public static bool IsWrong(BootTransfer transfer) =>
        transfer.Ending is not (TransferEnding.Complete or TransferEnding.Unconfirmed or TransferEnding.Probe or TransferEnding.Unfinished or TransferEnding.NotCaptured);

    public static string Of(BootTransfer transfer) => Printable.Escape(transfer.IsUpload ? Upload(transfer) : Download(transfer));

    public static string Of(BootDirection direction)
    {
        var file = direction.File is null ? "no file" : $"\"{direction.File}\"";
        var what = direction.Server is null && direction.File is null ? "nothing to boot from" : $"server {direction.Server ?? "none"} and {file}";
        return Printable.Escape($"{(direction.IsProxy ? "proxyDHCP" : "DHCP")} server {direction.By.Address} named {what}"
            + (direction.Architecture is null ? "" : $" to {direction.Architecture}"));
    }

    /// <summary><c>812 bytes</c>, <c>241 kB</c>.</summary>
    public static string Bytes(double bytes) =>
        bytes < 999.5 ? string.Create(CultureInfo.InvariantCulture, $"{bytes:0} bytes") : ByteAmount.Format(bytes);

    public static string Span(TimeSpan span) => span.TotalSeconds switch
    {
        < 0.001 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMicroseconds:0} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.#} ms"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.##} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min"),
    };

    private static string Download(BootTransfer transfer)
    {
        var name = $"\"{transfer.Request.FileName}\"";
        var of = transfer.Size is { } size ? $"{Bytes(transfer.Bytes)} of {Bytes(size)}" : Bytes(transfer.Bytes);
        var times = transfer.Requests > 1 ? string.Create(CultureInfo.InvariantCulture, $" {transfer.Requests} times") : "";
        return transfer.Ending switch
        {
            TransferEnding.Complete => $"fetched {name}: {Bytes(transfer.Bytes)} in {Span(transfer.Ended - transfer.Started)}",
            TransferEnding.Unconfirmed => $"was sent all of {name}, {Bytes(transfer.Size ?? transfer.Bytes)}; its last ACK did not come",
            TransferEnding.Probe => $"asked for the size of {name} only (normal)",
            TransferEnding.Refused when IsMissing(transfer) => $"asked for {name}: not there{(IsOptional(transfer.Request.FileName) ? " (normal)" : "")}",
            TransferEnding.Refused when transfer.Refusal == RefusalReason.Extension => $"asked for {name}: extension not allowed",
            TransferEnding.Refused => $"asked for {name}: refused, {transfer.Detail}",
            TransferEnding.Closed => $"stopped {name} after {of}: {transfer.Detail ?? "no reason given"}",
            TransferEnding.GaveUp => $"fell silent in {name} after {of}",
            TransferEnding.ServerSilent => $"got no more of {name} after {of}: the server fell silent",
            TransferEnding.Unanswered => $"asked for {name}{times}: no reply",
            TransferEnding.Unreachable => $"asked for {name}{times}: {transfer.Detail}",
            TransferEnding.Unfinished => $"had {of} of {name} when the capture ended",
            TransferEnding.NotCaptured => $"asked for {name}; how it ended was not captured",
            _ => $"was told that the server could not go on with {name}: {transfer.Detail}",
        };
    }

    private static string Upload(BootTransfer transfer)
    {
        var name = $"\"{transfer.Request.FileName}\"";
        return transfer.Ending switch
        {
            TransferEnding.Complete => $"uploaded {name}: {Bytes(transfer.Bytes)} in {Span(transfer.Ended - transfer.Started)}",
            TransferEnding.Refused => $"wanted to upload {name}: refused, {transfer.Detail}",
            TransferEnding.Unanswered => $"wanted to upload {name}: no reply",
            TransferEnding.Unreachable => $"wanted to upload {name}: {transfer.Detail}",
            TransferEnding.Closed => $"stopped uploading {name}: {transfer.Detail}",
            TransferEnding.Unfinished => $"was uploading {name} when the capture ended",
            TransferEnding.ServerSilent => $"was uploading {name} when the server fell silent",
            _ => $"began to upload {name}, and fell silent",
        };
    }
}
