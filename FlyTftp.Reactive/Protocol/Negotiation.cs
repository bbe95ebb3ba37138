using System.Globalization;

namespace FlyTftp.Reactive.Protocol;

/// <summary>What the server is willing to grant.</summary>
/// <param name="BlockSizeMax">Bytes; a larger blksize is granted as this (the path's MTU less headers, unless set).</param>
/// <param name="WindowSizeMax">Blocks.</param>
/// <param name="WindowBytes">Bytes of payload in flight; at least one block always is.</param>
public readonly record struct NegotiationLimits(int BlockSizeMax, int WindowSizeMax, int WindowBytes)
{
    /// <summary>Bytes, 8 to 512; a smaller blksize is passed over, so that 512 is used.</summary>
    public int BlockSizeMin { get; init; } = TransferParameters.MinBlockSize;
}

/// <summary>
/// Grants options (RFC 2347): a subset of what was asked, in the order and spelling asked, never more than was asked. A value out of
/// range is passed over as if it were not there, and a second option of the same name too. A blksize above RFC 2348's bound is in range: a smaller
/// one is granted.
/// </summary>
public static class Negotiation
{
    /// <param name="asked">The request's options.</param>
    /// <param name="size">Bytes the transfer will send, for tsize; <c>null</c> when that is not known, then tsize is left out.</param>
    /// <returns>The parameters, and the OACK's options: empty means no OACK, and DATA 1 is the answer.</returns>
    public static (TransferParameters Parameters, OptionSet Granted) Grant(OptionSet asked, NegotiationLimits limits, long? size)
    {
        var parameters = TransferParameters.Default;
        if (asked.Count == 0) return (parameters, OptionSet.Empty);

        // The window's bound in bytes needs the block size, wherever in the request that stands.
        if (asked.TryGet(OptionSet.BlockSize, out var blockSize) && blockSize.TryGetNumber(out var bytes) && bytes >= limits.BlockSizeMin)
        {
            var most = Math.Clamp(limits.BlockSizeMax, TransferParameters.MinBlockSize, TransferParameters.MaxBlockSize);
            parameters = parameters with { BlockSize = (int)Math.Min(bytes, most) };
        }

        if (TryGetInRange(asked, OptionSet.WindowSize, TransferParameters.MinWindowSize, TransferParameters.MaxWindowSize, out var windowSize))
            parameters = parameters with { WindowSize = Math.Max(1, Math.Min(Math.Min(windowSize, limits.WindowSizeMax), limits.WindowBytes / parameters.BlockSize)) };
        if (TryGetInRange(asked, OptionSet.Timeout, TransferParameters.MinTimeoutSeconds, TransferParameters.MaxTimeoutSeconds, out var timeout))
            parameters = parameters with
            {
                ClientTimeout = TimeSpan.FromSeconds(timeout),
                Timeout = timeout <= TransferParameters.MaxGrantedTimeoutSeconds ? TimeSpan.FromSeconds(timeout) : null,
            };

        var granted = new List<TransferOption>(asked.Count);
        for (var index = 0; index < asked.Count; index++)
        {
            var option = asked[index];
            if (asked.Take(index).Any(earlier => earlier.Is(option.Name))) continue;
            if (Answer(option, parameters, limits, size) is { } value) granted.Add(option with { Value = value });
        }

        return (parameters, granted.Count == 0 ? OptionSet.Empty : new OptionSet([.. granted]));
    }

    private static string? Answer(TransferOption option, TransferParameters parameters, NegotiationLimits limits, long? size)
    {
        if (option.Is(OptionSet.BlockSize))
            return InRange(option, limits.BlockSizeMin, long.MaxValue) ? Text(parameters.BlockSize) : null;
        if (option.Is(OptionSet.WindowSize))
            return InRange(option, TransferParameters.MinWindowSize, TransferParameters.MaxWindowSize) ? Text(parameters.WindowSize) : null;
        if (option.Is(OptionSet.Timeout))
            return InRange(option, TransferParameters.MinTimeoutSeconds, TransferParameters.MaxGrantedTimeoutSeconds) ? option.Value : null;
        // "tsize=0" asks for the size (RFC 2349 §3); U-Boot may send another number, and means the same.
        if (option.Is(OptionSet.TransferSize)) return option.TryGetNumber(out _) && size is { } bytes ? Text(bytes) : null;
        return null;
    }

    private static bool TryGetInRange(OptionSet asked, string name, int min, int max, out int value)
    {
        // The first of a name decides, for the parameters as for the OACK.
        value = 0;
        if (!asked.TryGet(name, out var option) || !option.TryGetNumber(out var number) || number < min || number > max) return false;
        value = (int)number;
        return true;
    }

    private static bool InRange(TransferOption option, int min, long max) =>
        option.TryGetNumber(out var number) && number >= min && number <= max;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
