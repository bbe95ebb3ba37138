using System.Globalization;
using FlyTftp.Reactive.Client;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Cli.Commands;

/// <summary>
/// <c>flytftp get URL [-o FILE]</c>: one download. The file appears when it is whole, or not at all; what goes wrong is one line on
/// standard error, where the progress is shown too.
/// </summary>
public static class GetCommand
{
    public static Command Definition { get; } = new(
        "get", "Download a file by TFTP", new CommandArgument("URL", "tftp://HOST[:PORT]/NAME"),
        [
            new("--output", "FILE", "Output file; - for standard output", "default: the URL's last segment", Letter: 'o'),
            new("--blksize", "N", "Block size to request, in bytes", "default: 1428"),
            new("--windowsize", "N", "Window size to request, in blocks", "default: 16"),
            new("--max-size", "N", "Largest file to accept, in bytes; K, M and G are understood", "default: 16G"),
        ],
        static (given, context, stopping) =>
            RunAsync(given.Argument!, given.Value("--output"), given.Value("--blksize"), given.Value("--windowsize"), given.Value("--max-size"), context, stopping));

    public static async Task<int> RunAsync(
        string urlText, string? output, string? blockSize, string? windowSize, string? maxSize, CommandContext context, CancellationToken cancellation)
    {
        if (!TftpUrl.TryParse(urlText, out var url, out var error))
            return context.Fail(ExitCode.BadArguments, Printable.Escape($"{urlText}: {error}"));
        if ((output ?? url.LocalName) is not { Length: > 0 } target)
            return context.Fail(ExitCode.BadArguments, Printable.Escape($"{urlText}: no name to save it under; name one with -o FILE"));

        var request = new DownloadRequest(url.Host, url.Port, url.FileName);
        if (blockSize is not null)
        {
            if (!TryParse(blockSize, TransferParameters.MinBlockSize, TransferParameters.MaxBlockSize, out var bytes))
                return context.Fail(ExitCode.BadArguments, NotAllowed("--blksize", blockSize, TransferParameters.MinBlockSize, TransferParameters.MaxBlockSize, "bytes"));
            request = request with { BlockSize = bytes };
        }

        if (windowSize is not null)
        {
            if (!TryParse(windowSize, TransferParameters.MinWindowSize, DownloadRequest.MaxWindowSize, out var blocks))
                return context.Fail(ExitCode.BadArguments, NotAllowed("--windowsize", windowSize, TransferParameters.MinWindowSize, DownloadRequest.MaxWindowSize, "blocks"));
            request = request with { WindowSize = blocks };
        }

        if (maxSize is not null)
        {
            if (!ByteCount.TryParse(maxSize, out var bytes)) return context.Fail(ExitCode.BadArguments, Printable.Escape($"--max-size {maxSize}: allowed are numbers from 0 (bytes; 700M and 16G are understood)"));
            request = request with { MaxSize = bytes };
        }

        try
        {
            return await DownloadAsync(request, urlText, target, context, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return context.Fail(ExitCode.Failed, Printable.Escape($"{target}: interrupted before anybody has read it"));
        }
        catch (IOException exception)
        {
            return context.Fail(ExitCode.Failed, Printable.Escape(exception.Message));
        }
    }

    private static async Task<int> DownloadAsync(
        DownloadRequest request, string urlText, string target, CommandContext context, CancellationToken cancellation)
    {
        using var file = await OutputTarget.OpenAsync(target, target, context.OpenOutput, cancellation).ConfigureAwait(false);
        var result = await FetchAsync(file.Stream).ConfigureAwait(false);
        if (result.IsComplete) file.Commit();
        return Report(result);

        async Task<DownloadResult> FetchAsync(Stream destination)
        {
            var bar = new ProgressBar(context.Error, Printable.Escape(request.FileName), context.ProgressStyle, context.Clock);
            var result = await TftpClient.DownloadAsync(request, destination, progress => bar.Report(progress.Bytes, progress.Total), cancellation)
                .ConfigureAwait(false);
            bar.Clear();
            return result;
        }

        int Report(DownloadResult result)
        {
            if (!result.IsComplete) return context.Fail(ExitCode.Failed, Printable.Escape($"{urlText}: {result.Detail}"));
            var rate = ByteAmount.Format(result.Bytes / Math.Max(result.Duration.TotalSeconds, 0.001));
            context.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Printable.Escape(request.FileName)}: {ByteAmount.Format(result.Bytes)} in {result.Duration.TotalSeconds:F1} s, {rate}/s"));
            return ExitCode.Ok;
        }
    }

    private static bool TryParse(string text, int min, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= min && number <= max;

    private static string NotAllowed(string name, string text, int min, int max, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} {Printable.Escape(text)}: allowed are {min} to {max} ({unit})");
}
