using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using FlyTftp.Reactive.Server;
using FlyTftp.Reactive.Server.Http;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Tests.Confined;

// confined ROOT STEPS PORT [unprivileged] [as-native] [serve]
//   STEPS: names of HardeningSteps, comma separated; PORT: where a TCP listener waits on 127.0.0.1.
// Tries everything, confines itself, tries everything again, says how each went, then waits for a line so that it can be looked at, and
// at last tries to start a program.
var (root, steps, port) = (args[0], Enum.Parse<HardeningSteps>(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture));
using var attempts = new Attempts(root, port);
using var process = ProcessFigures.Open(TimeProvider.System);
using var metrics = new ServerMetrics(new MetricSources { Process = process });
var routes = HealthRoutes.Build(_ => ValueTask.FromResult(new ProbeResult(true, "fine")), static () => false, metrics.WriteText, TimeProvider.System);
using var http = new HttpServer(
    new IPEndPoint(IPAddress.Loopback, 0), routes, new HttpLimits(), TimeProvider.System, static bug => Console.WriteLine($"bug {bug}"));

if (args.Contains("unprivileged")) Attempts.ForgetUser();
if (!args.Contains("serve")) Report("before");

var options = new ConfinementOptions { Root = root };
if (args.Contains("as-native")) options = options with { LoadsCode = false };
var report = Confinement.Apply(options, steps);
foreach (var step in report.Steps) Console.WriteLine($"step {step}");

attempts.Root = report.Root;
Report("after");

if (args.Contains("serve"))
{
    using var hangup = PosixSignalRegistration.Create(
        PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Console.WriteLine("signal ok");
        });
    using var stop = new CancellationTokenSource();
    var serving = http.RunAsync(stop.Token);
    Console.WriteLine($"serving {http.LocalEndPoint.Port}");
    Console.WriteLine("ready");
    Console.ReadLine();
    await stop.CancelAsync().ConfigureAwait(false);
    await serving.ConfigureAwait(false);
    Console.WriteLine("stopped ok");
    return 0;
}

Console.WriteLine("ready");
Console.ReadLine();
Console.WriteLine($"after exec {Attempts.Execute("after exec ok")}");
return 0;

void Report(string when)
{
    foreach (var (name, result) in attempts.TryAll()) Console.WriteLine($"{when} {name} {result}");
}
