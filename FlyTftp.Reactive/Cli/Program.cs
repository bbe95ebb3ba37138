using System.Diagnostics;
using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Cli.Commands;

var started = Stopwatch.GetTimestamp();
// How long one regular expression of --rules may look at one name, which a stranger has written. To be set before the first expression is made.
AppContext.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromMilliseconds(10));
using var signals = new StopSignals(ProcessEnd.Now);
var context = new CommandContext(
    Console.Out, Console.Error, Console.OpenStandardOutput, Environment.GetEnvironmentVariable,
    ProgressStyle.OfStandardError(Environment.GetEnvironmentVariable), () => Stopwatch.GetElapsedTime(started),
    signals.Listen, (options, stopping) => ServeCommand.ServeAsync(options, tap: null, signals.Listen, stopping));
return await CommandLine.RunAsync(args, context, signals.Token);
