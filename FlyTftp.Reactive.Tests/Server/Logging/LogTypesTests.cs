using System.Text.RegularExpressions;
using FlyTftp.Reactive.Tests.Support;
using NLog;
using NLog.Conditions;
using NLog.LayoutRenderers;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Logging;

/// <summary>What NLog.Substitutions.xml and Framework.Substitutions.xml leave out of the native executable, no kept type of NLog's may need.</summary>
public sealed partial class LogTypesTests
{
    private static readonly Type[] LeftOut = [typeof(ConditionExpression), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan)];

    [TestCaseSource(nameof(KeptTypes))]
    public void No_option_of_a_kept_type_is_a_condition_a_date_or_a_duration(Type type) => Assert.That(
        type.GetProperties().Where(option => option.CanWrite).Select(option => Nullable.GetUnderlyingType(option.PropertyType) ?? option.PropertyType),
        Has.None.AnyOf(LeftOut));

    [TestCaseSource(nameof(KeptRenderers))]
    public void No_kept_renderer_asks_where_in_the_program_an_event_was_logged(Type type) => Assert.That(
        type.GetInterfaces().Select(promise => promise.Name), Has.None.EqualTo("IUsesStackTrace"));

    private static IEnumerable<Type> KeptRenderers() => KeptTypes().Where(type => type.IsAssignableTo(typeof(LayoutRenderer)));

    private static Type[] KeptTypes()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "FlyTftp.Reactive", "Server", "Logging", "LogTypes.cs"));
        var known = typeof(LogFactory).Assembly.GetTypes().ToLookup(type => type.Name);
        return [.. Registration().Matches(source).Select(match => match.Groups[1].Value).Distinct().SelectMany(name => known[name])];
    }

    [GeneratedRegex(@"\.Register\w+(?:<|\(typeof\()(\w+)")]
    private static partial Regex Registration();
}
