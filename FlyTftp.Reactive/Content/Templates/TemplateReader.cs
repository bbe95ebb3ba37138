using System.Diagnostics.CodeAnalysis;
using System.Text;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Content.Templates;

/// <summary>What a template's placeholders may name besides the request.</summary>
/// <param name="values">By placeholder: <c>server.name</c>, <c>server.region</c>, <c>env.NAME</c>; <c>null</c>: known, but not set.</param>
public sealed class TemplateFacts(IReadOnlyDictionary<string, string?> values)
{
    public const string ServerName = "server.name", ServerRegion = "server.region", EnvironmentPrefix = "env.";

    public IReadOnlyDictionary<string, string?> Values => values;

    public static TemplateFacts None { get; } = new(new Dictionary<string, string?>());
}

/// <summary>Reads a template: text with <c>{{placeholder}}</c>s, spaces inside the braces allowed.</summary>
internal static class TemplateReader
{
    // In the order of TemplateValue.
    private static readonly string[] OfTheRequest = ["client.ip", "client.ip.hex", "client.port", "server.ip", "request.name"];

    /// <param name="error">What is wrong, from the line number on: <c>3: unknown placeholder …</c></param>
    public static bool TryRead(
        ReadOnlySpan<byte> file, TemplateFacts facts, [NotNullWhen(true)] out Template? template, [NotNullWhen(false)] out string? error)
    {
        (template, error) = (null, null);
        var pieces = new List<byte[]>();
        var gaps = new List<byte>();
        var piece = new List<byte>();
        for (var rest = file; ;)
        {
            var begin = rest.IndexOf("{{"u8);
            piece.AddRange(begin < 0 ? rest : rest[..begin]);
            if (begin < 0) break;

            var line = file[..(file.Length - rest.Length + begin)].Count((byte)'\n') + 1;
            rest = rest[(begin + 2)..];
            var end = rest.IndexOf("}}"u8);
            if (end < 0 || rest[..end].Contains((byte)'\n')) error = $"{line}: \"{{{{\" without \"}}}}\" in its line";
            else if (!TryFill(ByteText.Read(rest[..end]).Trim(), facts, piece, pieces, gaps, out var complaint)) error = $"{line}: {complaint}";
            if (error is not null) return false;
            rest = rest[(end + 2)..];
        }

        pieces.Add([.. piece]);
        template = new Template(pieces, gaps);
        return true;
    }

    private static bool TryFill(
        string name, TemplateFacts facts, List<byte> piece, List<byte[]> pieces, List<byte> gaps, [NotNullWhen(false)] out string? complaint)
    {
        complaint = null;
        if (Array.IndexOf(OfTheRequest, name) is var place and >= 0)
        {
            if (gaps.Count == Template.MaxGaps) complaint = $"more than {Template.MaxGaps} placeholders";
            pieces.Add([.. piece]);
            piece.Clear();
            gaps.Add((byte)place);
        }
        else if (!facts.Values.TryGetValue(name, out var fact))
        {
            var isVariable = name.StartsWith(TemplateFacts.EnvironmentPrefix, StringComparison.Ordinal);
            complaint = isVariable
                ? $"{{{{{Printable.Escape(name)}}}}}: this variable is not in --template-env"
                : $"unknown placeholder {{{{{Printable.Escape(name)}}}}}: allowed are {string.Join(", ", OfTheRequest.Concat(facts.Values.Keys).Append("env.NAME").Distinct())}";
        }
        else if (fact is null) complaint = $"{{{{{name}}}}}: not set in the environment";
        else if (!TemplateText.IsOneLine(fact)) complaint = $"{{{{{name}}}}}: its value is more than one line of text";
        else piece.AddRange(Encoding.UTF8.GetBytes(fact));

        return complaint is null;
    }
}
