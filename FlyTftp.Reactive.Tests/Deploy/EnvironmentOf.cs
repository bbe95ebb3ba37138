using FlyTftp.Reactive.Server.Options;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Deploy;

/// <summary>Reads the variables of a deployment file as the program would, and stricter: a name that it would pass over is a mistake.</summary>
internal static class EnvironmentOf
{
    /// <summary>nlog.config's own.</summary>
    private static readonly string[] OfTheLog = ["FLYTFTP_LOG", "FLYTFTP_LOG_LEVEL"];

    public static ServerOptions Parse(IReadOnlyDictionary<string, string> variables)
    {
        var known = ServerOptionTable.All.Select(static option => option.EnvironmentName).Concat(OfTheLog);
        Assert.That(variables.Keys, Is.SubsetOf(known), "the program knows no such variable");
        var isRead = ServerOptionsParser.TryParse(static _ => [], variables.GetValueOrDefault, ServerOptions.Default, out var options, out var error);
        Assert.That(isRead, Is.True, error);
        return options!;
    }
}
