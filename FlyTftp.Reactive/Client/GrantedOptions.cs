using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Client;

/// <summary>
/// An OACK that a client can live with: nothing in it that was not asked, nothing larger than asked, the timeout exactly as asked
/// (RFC 2347 §3, 2348 §3, 2349 §2, 7440 §3).
/// </summary>
/// <param name="Size">The file's bytes, if tsize was granted.</param>
public sealed record GrantedOptions(TransferParameters Parameters, long? Size)
{
    public static GrantedOptions None { get; } = new(TransferParameters.Default, null);

    /// <param name="violation">What the server must not have done, safe to print.</param>
    public static bool TryAccept(
        OptionSet asked, OptionSet granted, [NotNullWhen(true)] out GrantedOptions? accepted, [NotNullWhen(false)] out string? violation)
    {
        var parameters = TransferParameters.Default;
        long? size = null;
        accepted = null;
        violation = null;
        foreach (var option in granted)
        {
            if (!asked.TryGet(option.Name, out var wish) || !wish.TryGetNumber(out var most))
            {
                violation = Printable.Escape($"the OACK grants {option.Name}={option.Value}, which was not asked");
                return false;
            }

            if (granted.Count(other => other.Is(option.Name)) > 1)
            {
                violation = Printable.Escape($"the OACK grants {option.Name} twice");
                return false;
            }

            if (!option.TryGetNumber(out var number) || !IsAcceptable(option, number, most))
            {
                violation = Printable.Escape($"the OACK grants {option.Name}={option.Value}, asked was {wish.Value}");
                return false;
            }

            if (option.Is(OptionSet.BlockSize)) parameters = parameters with { BlockSize = (int)number };
            else if (option.Is(OptionSet.WindowSize)) parameters = parameters with { WindowSize = (int)number };
            else if (option.Is(OptionSet.Timeout)) parameters = parameters with { Timeout = TimeSpan.FromSeconds(number) };
            else size = number;
        }

        accepted = new GrantedOptions(parameters, size);
        return true;
    }

    private static bool IsAcceptable(TransferOption option, long number, long asked) =>
        option.Is(OptionSet.BlockSize) ? number >= TransferParameters.MinBlockSize && number <= asked
        : option.Is(OptionSet.WindowSize) ? number >= TransferParameters.MinWindowSize && number <= asked
        : option.Is(OptionSet.TransferSize) || number == asked;
}
