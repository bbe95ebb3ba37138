using System.Diagnostics.CodeAnalysis;
using FlyTftp.Reactive.Server.Files;
using NLog;
using NLog.Config;

namespace FlyTftp.Reactive.Server.Logging;

/// <summary>Where the rules for the log come from: a file that was named, nlog.config, or the rules that are built in.</summary>
internal static class LogSetup
{
    public const string FileName = "nlog.config";

    /// <summary>Names the target that every rule writes to.</summary>
    public const string TargetVariable = "FLYTFTP_LOG";

    /// <summary>The lowest level; nlog.config's rule reads it.</summary>
    public const string LevelVariable = "FLYTFTP_LOG_LEVEL";

    /// <summary>
    /// Loads <paramref name="configFile"/>; without one, nlog.config beside the program, or in the current folder if it is the user's own; without that,
    /// the same rules as they were when the program was built, and the log says so.
    /// </summary>
    /// <param name="error">One line for the user: what is wrong with which file.</param>
    public static bool TryLoad(string? configFile, [NotNullWhen(true)] out ServerLog? log, [NotNullWhen(false)] out string? error) =>
        TryLoad(configFile, AppContext.BaseDirectory, WorkingDirectory.Path, Environment.GetEnvironmentVariable, out log, out error);

    internal static bool TryLoad(
        string? configFile, string programFolder, string? workingFolder, Func<string, string?> environment,
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

        string? passedOver = null;
        configFile ??= Find(programFolder, workingFolder, out passedOver);
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

        log = new ServerLog(factory) { RulesFile = configFile is null ? null : Path.GetFullPath(configFile) };
        if (passedOver is not null) log.Notice($"{passedOver} is not yours alone, so not used: name it by --log-config if you trust it");
        if (configFile is null) log.BuiltInRules(string.Join(" or ", new[] { programFolder, workingFolder }.OfType<string>().Select(Path.TrimEndingDirectorySeparator).Distinct()));
        else log.RulesLoaded(configFile);
        return true;
    }

    /// <summary>
    /// Rules can name files to write and more, with the rights of whoever starts the server: in the working directory, which may be anybody's, only
    /// a file counts that is the user's own.
    /// </summary>
    /// <param name="passedOver">A file that is there and was not taken.</param>
    private static string? Find(string programFolder, string? workingFolder, out string? passedOver)
    {
        passedOver = null;
        var beside = Path.Combine(programFolder, FileName);
        if (File.Exists(beside)) return beside;
        if (workingFolder is null) return null;
        var here = Path.Combine(workingFolder, FileName);
        if (IsOwn(here)) return here;
        if (File.Exists(here)) passedOver = here;
        return null;
    }

    private static bool IsOwn(string path) =>
        PathStatus.Of(path, followsLinks: false) is { Kind: PathKind.File, Owner: { } owner } status
        && owner == PathStatus.CurrentUser && !status.Permissions.HasFlag(UnixFileMode.OtherWrite);

    /// <summary>Puts other rules in the place of those that the log was set up with.</summary>
    /// <returns><c>null</c>, or one line: what is wrong with them. Then the old ones hold.</returns>
    public static string? Reload(ServerLog log, string text, Func<string, string?> environment)
    {
        var factory = log.Factory;
        LogManager.ThrowConfigExceptions = factory.ThrowConfigExceptions = true;
        try
        {
            var rules = XmlLoggingConfiguration.CreateFromXmlString(text, factory);
            if (Redirect(rules, environment(TargetVariable), log.RulesFile!) is { } error) return error;
            factory.Configuration = rules;
            return null;
        }
        catch (Exception exception)
        {
            return $"{log.RulesFile}: {Clauses(exception)}";
        }
        finally
        {
            LogManager.ThrowConfigExceptions = factory.ThrowConfigExceptions = false;
        }
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
