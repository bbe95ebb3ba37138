using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Content.Names;

namespace FlyTftp.Reactive.Content.Files;

/// <summary>
/// Follows a path's links, segment by segment, to a path without any: relative ones as they stand, absolute ones where they lead back into the
/// root. What leaves the root is refused, even if it comes back.
/// </summary>
internal static class LinkWalk
{
    /// <summary>Links followed for one name, as Linux does.</summary>
    public const int MaxLinks = 40;

    private static readonly char[] Separators = OperatingSystem.IsWindows() ? ['/', '\\'] : ['/'];

    /// <param name="path">Relative.</param>
    /// <param name="root">What absolute targets are held against.</param>
    /// <param name="read">Looks at one path that has no links before its last segment.</param>
    /// <param name="resolved">Relative, without dots and links; empty: the root itself.</param>
    public static bool TryResolve(
        string path, RootPath root, Func<string, LinkLook> read, [NotNullWhen(true)] out string? resolved, [NotNullWhen(false)] out Refusal? refusal)
    {
        (resolved, refusal) = (null, null);
        var done = new List<string>();
        var ahead = new Stack<string>(path.Split('/').Reverse());
        var links = 0;
        while (ahead.TryPop(out var segment))
        {
            if (segment is "" or ".") continue;
            if (segment == "..")
            {
                if (done.Count == 0) refusal = Refusal.LinkLeavesRoot;
                else done.RemoveAt(done.Count - 1);
            }
            else
            {
                done.Add(segment);
                var look = read(string.Join('/', done));
                if (look.Refusal is { } obstacle) refusal = obstacle;
                else if (look.Target is { } target)
                {
                    done.RemoveAt(done.Count - 1);
                    if (++links > MaxLinks) refusal = Refusal.TooManyLinks;
                    else if (!Path.IsPathRooted(target)) Push(ahead, target);
                    else if (root.Beneath(target) is { } beneath)
                    {
                        done.Clear();
                        Push(ahead, beneath);
                    }
                    else refusal = Refusal.LinkLeavesRoot;
                }
            }

            if (refusal is not null) return false;
        }

        resolved = string.Join('/', done);
        return true;
    }

    private static void Push(Stack<string> ahead, string target)
    {
        foreach (var next in target.Split(Separators).Reverse()) ahead.Push(next);
    }
}

/// <summary>What a path's last segment is.</summary>
/// <param name="Target">Of a link; otherwise <c>null</c>.</param>
/// <param name="Refusal">It cannot be looked at.</param>
internal readonly record struct LinkLook(string? Target, Refusal? Refusal = null);
