namespace FlyTftp.Reactive.Content.Templates;

/// <summary>What of a request a template can name. All else in it is filled in when it is loaded.</summary>
public enum TemplateValue : byte
{
    ClientIp,
    ClientIpHexadecimal,
    ClientPort,
    ServerIp,
    RequestName,
}

/// <summary>A request's values, as text.</summary>
/// <param name="ClientIpHexadecimal">As PXELINUX writes it: <c>C0A8025B</c>; 32 digits for IPv6.</param>
/// <param name="RequestName">With slashes.</param>
public readonly record struct TemplateRequest(string ClientIp, string ClientIpHexadecimal, string ClientPort, string ServerIp, string RequestName)
{
    internal string this[TemplateValue value] => value switch
    {
        TemplateValue.ClientIp => ClientIp,
        TemplateValue.ClientIpHexadecimal => ClientIpHexadecimal,
        TemplateValue.ClientPort => ClientPort,
        TemplateValue.ServerIp => ServerIp,
        _ => RequestName,
    };
}

/// <summary>
/// A file with gaps: pieces of text, and between each two of them one value of the request. Immutable, shared by all sessions.
/// </summary>
internal sealed class Template(IReadOnlyList<byte[]> pieces, IReadOnlyList<byte> gaps)
{
    /// <summary>Bytes of a template file.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>Gaps in one file.</summary>
    public const int MaxGaps = 256;

    public IReadOnlyList<byte[]> Pieces => pieces;

    /// <summary>Each a <see cref="TemplateValue"/>.</summary>
    public IReadOnlyList<byte> Gaps => gaps;

    /// <summary>The file as this request gets it.</summary>
    public OpenResult Open(in TemplateRequest request)
    {
        foreach (var gap in gaps)
        {
            if (!TemplateText.IsHarmless(request[(TemplateValue)gap]))
                return OpenResult.Refused(Refusal.UnsafePath with { Detail = "a name that may not stand in a template" });
        }

        return OpenResult.Opened(new TemplateContent(this, request));
    }
}
