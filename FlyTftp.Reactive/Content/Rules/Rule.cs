using System.Text.RegularExpressions;

namespace FlyTftp.Reactive.Content.Rules;

/// <summary>The letters of a rule's operation (tftpd(8), FILENAME REMAPPING).</summary>
[Flags]
internal enum RuleFlags
{
    None = 0,

    /// <summary><c>r</c>: replace what matches.</summary>
    Replace = 1,

    /// <summary><c>g</c>: again, until it no longer matches.</summary>
    Global = 2,

    /// <summary><c>i</c>: whatever its case.</summary>
    IgnoreCase = 4,

    /// <summary><c>e</c>: the last rule, if it matches.</summary>
    End = 8,

    /// <summary><c>s</c>: from the first rule again, if it matches.</summary>
    Start = 16,

    /// <summary><c>a</c>: refuse, if it matches.</summary>
    Abort = 32,

    /// <summary><c>G</c>: for reads only.</summary>
    Reads = 64,

    /// <summary><c>P</c>: for writes only, of which this server has none.</summary>
    Writes = 128,

    /// <summary><c>4</c> and <c>6</c>: for clients of one address family only.</summary>
    IPv4 = 256,
    IPv6 = 512,

    /// <summary><c>~</c>: if it does <em>not</em> match.</summary>
    Inverse = 1024,
}

/// <param name="line">In its file, from 1.</param>
/// <param name="text">As written, for people.</param>
internal sealed class Rule(int line, string text, RuleFlags flags, Regex pattern, Replacement replacement)
{
    public int Line => line;

    public string Text => text;

    public Regex Pattern => pattern;

    public Replacement Replacement => replacement;

    public bool Is(RuleFlags flag) => (flags & flag) != 0;

    public bool IsFor(in RuleClient client) =>
        !Is(RuleFlags.Writes) && (!Is(RuleFlags.IPv4 | RuleFlags.IPv6) || Is(client.IsIPv4 ? RuleFlags.IPv4 : RuleFlags.IPv6));
}

/// <summary>Who asks, as rules can say it.</summary>
/// <param name="Address">Dotted for IPv4, RFC 5952's form for IPv6.</param>
/// <param name="Hexadecimal">Eight or thirty-two upper-case digits.</param>
public readonly record struct RuleClient(string Address, string Hexadecimal, bool IsIPv4);
