using FlyTftp.Reactive.Server.Logging;
using FlyTftp.Reactive.Server.Options;
using FlyTftp.Reactive.Sessions;

namespace FlyTftp.Reactive.Server.Reload;

/// <summary>
/// What SIGHUP does: reads rules, templates, the environment file and the log's configuration again. Sessions that are running go on as they began. All or nothing:
/// what is wrong with one of them is said, and what held before holds on.
/// </summary>
internal sealed class Reloader(
    ServerOptions first, PolicyLoader loader, ConfigFiles files, RootWatch root, ServedNames names, ServerLog log)
{
    private readonly Lock _gate = new();

    /// <summary>From any thread; one at a time.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            try
            {
                if (WhyNot() is { } error) log.NotReloaded(error);
                root.Check();
            }
            catch (Exception bug)
            {
                log.NotReloaded(bug.Message);
            }
        }
    }

    /// <summary>A variable's value as the environment file has it, else the process.</summary>
    public static Func<string, string?> EnvironmentOf(ServerOptions options, ConfigFiles files) =>
        options.EnvironmentFile is { } file && files.Read(Path.GetFullPath(file), out _) is { } text && EnvironmentFile.TryParse(text, file, out var variables, out _)
            ? name => variables.TryGetValue(name, out var value) ? value : Environment.GetEnvironmentVariable(name)
            : Environment.GetEnvironmentVariable;

    private string? WhyNot()
    {
        var options = first;
        if (first is { EnvironmentFile: { } file, Reread: { } reread })
        {
            if (files.Read(Path.GetFullPath(file), out var error) is not { } text || !EnvironmentFile.TryParse(text, file, out var variables, out error)
                || !reread(variables, out options, out error)) return error;
        }

        var environment = EnvironmentOf(first, files);

        string? logRules = null;
        if (log.RulesFile is { } config && (logRules = files.Read(config, out var unreadable)) is null) return unreadable;
        // Other files would have had to be opened before the server went into its root.
        if (!loader.TryLoad(options with { Rules = first.Rules, IgnoreCase = first.IgnoreCase }, environment, out var policy, out var wrong)) return wrong;
        if (logRules is not null && LogSetup.Reload(log, logRules, environment) is { } complaint) return complaint;

        names.Current = policy;
        log.Reloaded(policy.Rules.Count, policy.Templates.Count);
        return null;
    }
}
