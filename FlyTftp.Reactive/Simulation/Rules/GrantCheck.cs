using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Simulation.Rules;

/// <summary>Reads an OACK as the strictest firmware does: nothing unasked, nothing larger, the timeout and the size exact (RFC 2347, 2349).</summary>
internal static class GrantCheck
{
    /// <param name="size">Bytes the file has, where that is known.</param>
    /// <returns>The option that is wrong, or <c>null</c>.</returns>
    public static TransferOption? FindFault(OptionSet asked, OptionSet granted, long? size)
    {
        foreach (var option in granted)
        {
            if (!asked.TryGet(option.Name, out var ask) || !option.TryGetNumber(out var value) || !ask.TryGetNumber(out var limit)) return option;
            var isRight = option.Is(OptionSet.TransferSize) ? size is not { } bytes || value == bytes
                : option.Is(OptionSet.Timeout) ? value == limit
                : value >= 1 && value <= limit;
            if (!isRight) return option;
        }

        return null;
    }

    public static int? Value(OptionSet granted, string name) =>
        granted.TryGet(name, out var option) && option.TryGetNumber(out var value) ? (int)value : null;
}
