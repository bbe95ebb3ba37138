using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Server.Options;

/// <summary>
/// Makes <see cref="ServerOptions"/> out of what was written. What the command line says, it says for the whole option: the
/// environment's value is not even looked at.
/// </summary>
public static class ServerOptionsParser
{
    /// <summary>Values one repeatable option may have.</summary>
    public const int MaxValues = 64;

    /// <param name="commandLine">The values given for an option, in order; empty when it is not there.</param>
    /// <param name="environment">A variable's value. Empty counts as not set, as in a list that is filled in by a template.</param>
    /// <param name="defaults">What holds for the rest.</param>
    /// <param name="error">One line without the program's name: where the value came from, the value, and what is allowed.</param>
    public static bool TryParse(
        Func<ServerOption, IReadOnlyList<string>> commandLine, Func<string, string?> environment, ServerOptions defaults,
        [NotNullWhen(true)] out ServerOptions? options, [NotNullWhen(false)] out string? error)
    {
        // Variables that no option bears are passed over: orchestrators set FLYTFTP_PORT and the like for a service of this name.
        var read = defaults;
        options = null;
        foreach (var option in ServerOptionTable.All)
        {
            var given = commandLine(option);
            if (given.Count > 0)
            {
                if (!TryRead(option, given, ref read, value => $"{option.Name} {value}", out error)) return false;
            }
            else if (environment(option.EnvironmentName) is { Length: > 0 } variable)
            {
                if (!TryRead(option, [variable], ref read, value => $"{option.EnvironmentName}={value}", out error)) return false;
            }
        }

        options = read;
        error = null;
        return true;
    }

    private static bool TryRead(
        ServerOption option, IReadOnlyList<string> given, ref ServerOptions options, Func<string, string> source,
        [NotNullWhen(false)] out string? error)
    {
        error = null;
        var values = option.IsRepeatable
            ? given.SelectMany(static value => value.Split(',', StringSplitOptions.TrimEntries)).ToArray()
            : given;
        if (values.Count > (option.IsRepeatable ? MaxValues : 1))
        {
            error = option.IsRepeatable ? $"{option.Name}: at most {MaxValues} are allowed" : $"{option.Name}: may be given only once";
            return false;
        }

        for (var index = 0; index < values.Count; index++)
        {
            var reading = option.Read(options, values[index], index == 0);
            if (reading.Options is null)
            {
                var value = values[index].Length == 0 ? "\"\"" : values[index];
                error = Printable.Escape($"{source(value)}: {reading.Complaint ?? $"allowed are {option.Allowed}"}");
                return false;
            }

            options = reading.Options;
        }

        return true;
    }
}
