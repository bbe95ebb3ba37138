using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Server.Linux.Confinement;
using FlyTftp.Reactive.Server.Linux.Sockets;
using FlyTftp.Reactive.Server.Metrics;
using FlyTftp.Reactive.Tests.Confined;

// confined ROOT STEPS PORT [in-groups] [with-capability] [with-thread] [unprivileged] [as-native] [serve]
//   STEPS: names of HardeningSteps, comma separated; PORT: where a TCP listener waits on 127.0.0.1.
// Tries what an intruder would, confines itself, tries again and says how each went. With "serve" it skips the first round, which leaves
// threads behind, and serves HTTP from within, as the server does. It ends when it is told a line.
var (root, steps, port) = (args[0], Enum.Parse<HardeningSteps>(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture));
var options = new ConfinementOptions { Root = root };
if (args.Contains("as-native")) options = options with { LoadsCode = false };
if (args.Contains("in-groups")) Attempts.JoinGroups();
if (args.Contains("with-capability")) Attempts.KeepCapability();
if (args.Contains("with-thread")) Attempts.StartEarly();
if (args.Contains("unprivileged")) Attempts.ForgetUser();

return args.Contains("serve") ? await ServeAsync().ConfigureAwait(false) : TryOut();

int TryOut()
{
    using var attempts = new Attempts(root, port);
    Report("before", attempts);
    attempts.Root = Confine().Root;
    Report("after", attempts);
    WaitForLine();
    Console.WriteLine($"after exec {Attempts.Execute("after exec ok")}");
    return 0;
}

async Task<int> ServeAsync()
{
    using var early = EarlySocket.Listen(new IPEndPoint(IPAddress.Loopback, 0), backlog: 8);
    using var metrics = new ServerMetrics(new MetricSources());
    Confine();

    using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, static context =>
    {
        context.Cancel = true;
        Console.WriteLine("signal ok");
    });
    var routes = HealthRoutes.Build(
        new SharedProbe(static _ => ValueTask.FromResult(new ProbeResult(true, "fine")), HealthRoutes.ProbeIsFreshFor, HealthRoutes.ProbeTimeout, TimeProvider.System),
        static () => false, metrics.WriteText);
    using var http = new HttpServer(
        early.ToSocket(), routes, new HttpLimits(), TimeProvider.System, static bug => Console.WriteLine($"bug {bug}"));
    using var stop = new CancellationTokenSource();
    var serving = http.RunAsync(stop.Token);
    Console.WriteLine($"serving {http.LocalEndPoint.Port}");
    WaitForLine();
    await stop.CancelAsync().ConfigureAwait(false);
    await serving.ConfigureAwait(false);
    Console.WriteLine("stopped ok");
    return 0;
}

ConfinementReport Confine()
{
    var report = Confinement.Apply(options, steps);
    foreach (var step in report.Steps) Console.WriteLine($"step {step}");
    return report;
}

static void Report(string when, Attempts attempts)
{
    foreach (var (name, result) in attempts.TryAll()) Console.WriteLine($"{when} {name} {result}");
}

static void WaitForLine()
{
    Console.WriteLine("ready");
    Console.ReadLine();
}
