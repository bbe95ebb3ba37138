namespace FlyTftp.Reactive.Protocol;

/// <summary>
/// What an ERROR packet says. The code may be one that no RFC names; the text may hold anything and is cut at
/// <see cref="MaxMessageLength"/> characters when it comes from a client.
/// </summary>
public sealed record ErrorReport(ErrorCode Code, string Message)
{
    public const int MaxMessageLength = 128;
}
