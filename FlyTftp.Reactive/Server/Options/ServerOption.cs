namespace FlyTftp.Reactive.Server.Options;

/// <summary>
/// One option of <c>serve</c>: what it is called on the command line and in the environment, what it means and how it is read.
/// </summary>
/// <param name="Name">On the command line: <c>--blksize-max</c>.</param>
/// <param name="ValueName">What stands for the value in help, or <c>null</c> for a switch, which may stand without one.</param>
/// <param name="Default">In words, for help.</param>
/// <param name="Allowed">What a value may be, in words that go on after "allowed are".</param>
/// <param name="Help">One sentence without its full stop.</param>
/// <param name="IsRepeatable">May be given more than once, and one value may hold several, separated by commas.</param>
public sealed record ServerOption(
    string Name, string? ValueName, string Default, string Allowed, string Help, ServerOptionReader Read, bool IsRepeatable = false)
{
    private const string EnvironmentPrefix = "FLYTFTP_";

    /// <summary><c>FLYTFTP_BLKSIZE_MAX</c>.</summary>
    public string EnvironmentName { get; } = EnvironmentPrefix + Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();
}

/// <summary>Reads one value.</summary>
/// <param name="before">The settings so far.</param>
/// <param name="isFirst">Of this option's values: it replaces the default, later ones are added.</param>
public delegate ServerOptionReading ServerOptionReader(ServerOptions before, string text, bool isFirst);

/// <param name="Options">The settings with this value, or <c>null</c> when the value is not allowed.</param>
/// <param name="Complaint">What is wrong, if there is more to say than what is allowed.</param>
public readonly record struct ServerOptionReading(ServerOptions? Options, string? Complaint = null)
{
    public static ServerOptionReading NotAllowed => default;

    public static implicit operator ServerOptionReading(ServerOptions? options) => new(options);
}
