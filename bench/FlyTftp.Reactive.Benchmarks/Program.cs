using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using FlyTftp.Reactive.Benchmarks;
using FlyTftp.Reactive.Benchmarks.Support;

// Not a benchmark but an experiment on virtual time, which needs no quiet machine: S9, as CSV.
if (args is ["paths", "together", .. var some])
{
    PathGrid.RunTogether(some);
    return;
}

if (args is ["paths", .. var rest])
{
    PathGrid.Run(rest);
    return;
}

// All of them in under three minutes: few and short rounds, in this process. A figure that is to be quoted is taken from a quiet machine.
//   dotnet run -c Release --project bench/FlyTftp.Reactive.Benchmarks -- --filter '*Pipeline*'
var quick = Job.Default
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithClock(ThreadClock.Best)
    .WithWarmupCount(6)
    .WithIterationCount(7)
    .WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(200));

var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(quick)
    .AddDiagnoser(MemoryDiagnoser.Default)
    // A neighbour on the machine can only ever make a round slower: the fastest one says most.
    .AddColumn(StatisticColumn.Min, StatisticColumn.Median)
    .HideColumns(Column.Gen0, Column.Gen1, Column.Gen2, Column.RatioSD, Column.AllocRatio)
    .WithOptions(ConfigOptions.JoinSummary);

// Without a choice of benchmarks, BenchmarkDotNet would ask for one.
string[] all = args.Any(argument => argument is "--filter" or "-f" or "--list") ? [] : ["--filter", "*"];
BenchmarkSwitcher.FromAssembly(typeof(PipelineBenchmarks).Assembly).Run([.. all, .. args], config);
