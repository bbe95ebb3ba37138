using System.Diagnostics;
using FlyTftp.Reactive.Cli;
using FlyTftp.Reactive.Cli.Commands;

var started = Stopwatch.GetTimestamp();
using var signals = new StopSignals(ProcessEnd.Now);
var context = new CommandContext(
    Console.Out, Console.Error, Console.OpenStandardOutput, Environment.GetEnvironmentVariable,
    ProgressStyle.OfStandardError(Environment.GetEnvironmentVariable), () => Stopwatch.GetElapsedTime(started),
    signals.Listen, (options, stopping) => ServeCommand.ServeAsync(options, tap: null, signals.Listen, stopping));
return await CommandLine.RunAsync(args, context, signals.Token);
