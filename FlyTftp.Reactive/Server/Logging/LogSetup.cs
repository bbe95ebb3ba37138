using System.Diagnostics.CodeAnalysis;
using NLog;
using NLog.Config;

namespace FlyTftp.Reactive.Server.Logging;

/// <summary>Where the rules for the log come from: a file that was named, nlog.config, or the rules that are built in.</summary>
public static class LogSetup
{
    public const string FileName = "nlog.config";

    /// <summary>Names the target that every rule writes to.</summary>
    public const string TargetVariable = "FLYTFTP_LOG";

    /// <summary>The lowest level; nlog.config's rule reads it.</summary>
    public const string LevelVariable = "FLYTFTP_LOG_LEVEL";

    /// <summary>
    /// Loads <paramref name="configFile"/>; without one, nlog.config beside the program or in the current folder; without that,
    /// the same rules as they were when the program was built, and the log says so.
    /// </summary>
    /// <param name="error">One line for the user: what is wrong with which file.</param>
    public static bool TryLoad(string? configFile, [NotNullWhen(true)] out ServerLog? log, [NotNullWhen(false)] out string? error) =>
        TryLoad(configFile, [AppContext.BaseDirectory, Environment.CurrentDirectory], Environment.GetEnvironmentVariable, out log, out error);

    internal static bool TryLoad(
        string? configFile, IReadOnlyList<string> folders, Func<string, string?> environment,
        [NotNullWhen(true)] out ServerLog? log, [NotNullWhen(false)] out string? error)
    {
        log = null;
        if (configFile is not null && !File.Exists(configFile))
        {
            error = $"{configFile}: there is no such file; name another, or none for nlog.config or the built-in rules";
            return false;
        }

        if (environment(LevelVariable) is { Length: > 0 } level && !LogLevel.AllLoggingLevels.Append(LogLevel.Off).Any(known => Is(known, level)))
        {
            error = $"{LevelVariable}={level}: allowed are Trace, Debug, Info, Warn, Error, Fatal and Off";
            return false;
        }

        configFile ??= folders.Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
        // Closed by ServerLog alone: by itself, at the end of the process, NLog waits for a target that hangs.
        var factory = new LogFactory { ThrowConfigExceptions = true, AutoShutdown = false };
        factory.Setup().SetupExtensions(LogTypes.Register);
        // Layouts do not ask their factory but the one of the process; without this an unknown renderer in one is passed over.
        LogManager.ThrowConfigExceptions = true;
        try
        {
            var rules = configFile is null ? BuiltIn(factory) : new XmlLoggingConfiguration(configFile, factory);
            error = Redirect(rules, environment(TargetVariable), configFile ?? "the built-in rule set");
            if (error is null) factory.Configuration = rules;
        }
        // NLog wraps what went wrong in what it was about to do; whatever it is, the file is to blame.
        catch (Exception exception) when (configFile is not null)
        {
            error = $"{configFile}: {Clauses(exception)}";
        }
        finally
        {
            // From here on a target in trouble must not take the program down with it.
            LogManager.ThrowConfigExceptions = factory.ThrowConfigExceptions = false;
        }

        if (error is not null)
        {
            factory.Dispose();
            return false;
        }

        log = new ServerLog(factory);
        if (configFile is null) log.BuiltInRules(string.Join(" or ", folders.Select(Path.TrimEndingDirectorySeparator).Distinct()));
        else log.RulesLoaded(configFile);
        return true;
    }

    /// <summary>The nlog.config that the program was built with.</summary>
    private static XmlLoggingConfiguration BuiltIn(LogFactory factory)
    {
        using var reader = new StreamReader(typeof(LogSetup).Assembly.GetManifestResourceStream(FileName)!);
        return XmlLoggingConfiguration.CreateFromXmlString(reader.ReadToEnd(), factory);
    }

    private static string? Redirect(LoggingConfiguration rules, string? name, string source)
    {
        if (string.IsNullOrEmpty(name)) return null;
        if (rules.FindTargetByName(name) is not { } target)
            return $"{TargetVariable}={name}: {source} knows {string.Join(", ", rules.ConfiguredNamedTargets.Select(known => known.Name))}";
        foreach (var rule in rules.LoggingRules.Where(rule => rule.Targets.Count > 0))
        {
            rule.Targets.Clear();
            rule.Targets.Add(target);
        }

        return null;
    }

    private static bool Is(LogLevel level, string name) => level.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Clauses(Exception exception)
    {
        var clauses = new List<string>();
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            var clause = inner.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
            if (!clauses.Exists(said => said.Contains(clause, StringComparison.Ordinal))) clauses.Add(clause);
        }

        return string.Join(": ", clauses);
    }
}
