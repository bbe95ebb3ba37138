using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Content.Files;
using FlyTftp.Reactive.Content.Names;
using FlyTftp.Reactive.Content.Rules;
using FlyTftp.Reactive.Content.Templates;
using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Reload;

/// <summary>Reads everything that says what is served under which name: at the start, and again at a reload. Blocks.</summary>
/// <param name="root">What clients may call the root.</param>
internal sealed class PolicyLoader(RootPath root, IFileOpener opener, ConfigFiles files, ServerLog log)
{
    private const string RegionVariable = "FLY_REGION";

    /// <param name="environment">A variable's value, for templates.</param>
    /// <param name="error">One line: file, line, what is wrong.</param>
    public bool TryLoad(
        ServerOptions options, Func<string, string?> environment, [NotNullWhen(true)] out NamePolicy? policy, [NotNullWhen(false)] out string? error)
    {
        policy = null;
        var rules = RuleSet.None;
        if (options.Rules is { } file)
        {
            if (files.Read(Path.GetFullPath(file), out error) is not { } text || !RuleFile.TryParse(text, file, out rules, out error)) return false;
        }

        if (!TemplateSet.TryLoad(opener, Facts(options, environment), options.IgnoreCase, out var templates, out var notice, out error)) return false;
        if (notice is not null) log.Notice(notice);
        policy = options.ToNamePolicy(root) with { Rules = rules, Templates = templates };
        return true;
    }

    private static TemplateFacts Facts(ServerOptions options, Func<string, string?> environment)
    {
        var values = new Dictionary<string, string?>
        {
            [TemplateFacts.ServerName] = Environment.MachineName,
            [TemplateFacts.ServerRegion] = environment(RegionVariable),
        };
        foreach (var name in options.TemplateEnvironment) values[TemplateFacts.EnvironmentPrefix + name] = environment(name);
        return new TemplateFacts(values);
    }
}
