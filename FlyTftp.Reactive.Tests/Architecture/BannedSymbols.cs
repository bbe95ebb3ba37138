namespace FlyTftp.Reactive.Tests.Architecture;

/// <summary>
/// The analyzer's list, asked of the compiled code: a suppressed warning, or a section lost from .editorconfig, hides nothing here.
/// </summary>
public sealed class BannedSymbols(IEnumerable<string> lines)
{
    private readonly HashSet<string> _ids = lines.Select(line => line.Split(';')[0].Trim()).Where(id => id.Length > 0).ToHashSet();

    public bool Names(Use use)
    {
        if (_ids.Contains($"T:{use.To}") || _ids.Contains($"N:{use.To.Namespace}")) return true;
        if (use.Member is not { } member) return false;
        if (member.StartsWith("get_", StringComparison.Ordinal)) return _ids.Contains($"P:{use.To}.{member[4..]}");
        var id = $"M:{use.To}.{member.Replace('.', '#')}";
        return _ids.Contains(use.Parameters.Length == 0 ? id : $"{id}({use.Parameters})");
    }
}
