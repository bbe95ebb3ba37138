using System.Reactive.Concurrency;
using System.Reflection;
using FlyTftp.Reactive.Sessions;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Architecture;

public sealed class OperatorTests
{
    private static readonly IReadOnlyList<MethodInfo> Methods = typeof(Pipeline).Assembly.GetTypes()
        .Where(type => type.Namespace?.StartsWith("FlyTftp.Reactive.Sessions", StringComparison.Ordinal) == true)
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(method => Array.Exists(method.GetParameters(), IsScheduler))
        .ToList();

    [Test]
    public void A_scheduler_is_the_last_parameter_and_has_no_default() =>
        Assert.That(Methods.Where(method => !method.GetParameters()[^1].Equals(SchedulerOf(method)) || SchedulerOf(method).IsOptional), Is.Empty);

    [Test]
    public void A_scheduler_is_called_so() => Assert.That(Methods.Where(method => SchedulerOf(method).Name != "scheduler"), Is.Empty);

    [Test]
    public void There_are_operators_that_take_one() => Assert.That(Methods, Has.Count.GreaterThan(2));

    private static bool IsScheduler(ParameterInfo parameter) => parameter.ParameterType == typeof(IScheduler);

    private static ParameterInfo SchedulerOf(MethodInfo method) => Array.Find(method.GetParameters(), IsScheduler)!;
}
