using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Protocol;

namespace FlyTftp.Reactive.Content.Templates;

/// <summary>
/// All templates beneath a root, in memory: a file <c>NAME.tmpl</c> is served as <c>NAME</c>, before a file of that name. They are read at the start and
/// at a reload, so that what is wrong with one is known before a machine asks for it.
/// </summary>
public sealed class TemplateSet
{
    public const string Extension = ".tmpl";

    /// <summary>Templates in all, bytes in all their files, and files and folders looked at while searching.</summary>
    public const int MaxTemplates = 1024, MaxBytes = 16 * 1024 * 1024, MaxEntries = 262_144;

    private readonly Dictionary<string, Template> _templates;

    private TemplateSet(Dictionary<string, Template> templates) => _templates = templates;

    public static TemplateSet None { get; } = new([]);

    public int Count => _templates.Count;

    /// <summary>The file of this name as this request gets it; <c>null</c>: it is no template.</summary>
    public OpenResult? Open(SafePath path, in TemplateRequest request) =>
        _templates.TryGetValue(path.Value, out var template) ? template.Open(request) : null;

    /// <summary>Reads every template beneath the root; hidden folders, and folders behind links, are not searched. Blocks.</summary>
    /// <param name="ignoreCase">Names that differ in case only are one.</param>
    /// <param name="error">One line: file, line, what is wrong.</param>
    /// <param name="notice">One line for the log: what was left out.</param>
    internal static bool TryLoad(
        IFileOpener opener, TemplateFacts facts, bool ignoreCase, [NotNullWhen(true)] out TemplateSet? set, out string? notice,
        [NotNullWhen(false)] out string? error)
    {
        (set, notice, error) = (null, null, null);
        var templates = new Dictionary<string, Template>(ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        var room = MaxBytes;
        foreach (var path in Find(opener, ref notice))
        {
            var name = Printable.Escape(path.Value);
            if (templates.Count == MaxTemplates) error = $"{name}: more than {MaxTemplates} templates";
            else if (Read(opener, path, out var reason) is not { } file) error = $"{name}: {reason}";
            else if ((room -= file.Length) < 0) error = $"{name}: the templates have more than {MaxBytes >> 20} MiB in all";
            else if (!TemplateReader.TryRead(file, facts, out var template, out var complaint)) error = $"{name}:{complaint}";
            else templates.TryAdd(path.Value[..^Extension.Length], template);
            if (error is not null) return false;
        }

        set = new TemplateSet(templates);
        return true;
    }

    private static List<SafePath> Find(IFileOpener opener, ref string? notice)
    {
        var found = new List<SafePath>();
        var folders = new Queue<SafePath?>([null]);
        var seen = 0;
        while (folders.TryDequeue(out var folder))
        {
            foreach (var entry in opener.List(folder)?.Entries ?? [])
            {
                if (++seen > MaxEntries)
                {
                    notice = $"templates were searched among the first {MaxEntries} files and folders only";
                    return found;
                }

                var isTemplate = entry.Name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) && entry.Name.Length > Extension.Length;
                // A backslash would be a slash to the path.
                if ((!isTemplate && !entry.MayBeFolder) || entry.Name.Contains('\\')
                    || !SafePath.TryParse(folder is null ? entry.Name : $"{folder.Value}/{entry.Name}", flat: false, out var path)) continue;
                if (entry.MayBeFolder) folders.Enqueue(path);
                if (isTemplate) found.Add(path);
            }
        }

        return found;
    }

    private static byte[]? Read(IFileOpener opener, SafePath path, out string? reason)
    {
        var opening = opener.Open(path, mayBlock: true);
        reason = opening.Refusal?.ForTheLog;
        if (opening.File is not { } file) return null;

        using (file)
        {
            reason = $"more than {Template.MaxLength} bytes";
            if (file.Identity.Length > Template.MaxLength) return null;

            reason = "cannot be read";
            var bytes = new byte[file.Identity.Length];
            for (var done = 0; done < bytes.Length;)
            {
                var read = file.Read(done, bytes.AsSpan(done), mayBlock: true).Count;
                if (read <= 0) return null;
                done += read;
            }

            return bytes;
        }
    }
}
