using System.Reflection;

namespace FlyTftp.Reactive.Server.Options;

/// <summary>Which build this is.</summary>
public static class ProgramVersion
{
    /// <summary><c>0.1.0</c>, and where it was built from a repository <c>+</c> and the commit.</summary>
    public static string Number { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
