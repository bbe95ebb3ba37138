using System.Globalization;
using FlyTftp.Reactive.Simulation;
using FlyTftp.Reactive.Simulation.Clients;

namespace FlyTftp.Reactive.Benchmarks;

/// <summary>S9 on virtual time: every path, window and kind of client through the pipeline. One line of CSV a transfer.</summary>
internal static class PathGrid
{
    private static readonly double[] Rates = [5, 20, 100], RoundTrips = [10, 40, 150];
    private static readonly int[] Queues = [16, 32, 64, 256], Windows = [4, 8, 16, 32, 64];

    public static void Run(string[] arguments)
    {
        var size = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 4_000_000;
        var seed = arguments.Length > 1 ? long.Parse(arguments[1], CultureInfo.InvariantCulture) : 1;
        Console.WriteLine("client,loss,mbit,rtt,queue,window,complete,floor,goodput,share,sent,violation");
        var trials =
            from link in Links()
            from window in Windows
            select new PathTrial(link.Path, window, link.Answer, link.Loss, size);
        foreach (var line in trials.AsParallel().AsOrdered().Select(trial => Line(trial, seed))) Console.WriteLine(line);
    }

    /// <summary>S9m: several clients behind one link, all at the same moment.</summary>
    public static void RunTogether(string[] arguments)
    {
        var clients = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 20;
        var window = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 16;
        var seed = arguments.Length > 2 ? long.Parse(arguments[2], CultureInfo.InvariantCulture) : 1;
        Console.WriteLine("client,loss,mbit,rtt,queue,window,complete,possible,seconds,share,slowest,sent,violation");
        var trials = Links().Select(link => new PathTrial(link.Path, window, link.Answer, link.Loss, 1_000_000)
        {
            Clients = clients,
            StartsWithin = TimeSpan.FromMilliseconds(1),
        });
        foreach (var line in trials.AsParallel().AsOrdered().Select(trial => LineTogether(trial, seed))) Console.WriteLine(line);
    }

    private static IEnumerable<(GapAnswer Answer, double Loss, NetworkPath Path)> Links() =>
        from answer in new[] { GapAnswer.Once, GapAnswer.EveryBlock, GapAnswer.LaterBlocks }
        from loss in new[] { 0, 0.005 }
        from rate in Rates
        from roundTrip in RoundTrips
        from queue in Queues
        select (answer, loss, new NetworkPath(rate, roundTrip, queue));

    private static string LineTogether(PathTrial trial, long seed)
    {
        var result = trial.Run(seed);
        var times = result.Transfers.Select(static transfer => (transfer.Ended - transfer.Began).TotalSeconds).Order().ToList();
        var possible = Math.Max(trial.FileSize / trial.Floor, trial.Clients * (double)trial.Blocks * (PathTrial.BlockSize + PathTrial.HeaderBytes) / trial.Path.BytesPerSecond);
        var (median, longest) = times.Count == 0 ? (0, double.PositiveInfinity) : (times[times.Count / 2], times[^1]);
        return string.Create(CultureInfo.InvariantCulture,
            $"{trial.GapAnswer},{trial.Loss},{trial.Path.MegabitsPerSecond},{trial.Path.RoundTrip},{trial.Path.QueueKiB},{trial.WindowSize},{result.Transfers.Count},{possible:F2},{longest:F2},{possible / longest:F3},{median / longest:F2},{trial.SentOf(result):F3},{result.Violation?.Replace(',', ';')}");
    }

    private static string Line(PathTrial trial, long seed)
    {
        var result = trial.Run(seed);
        var goodput = trial.FileSize / trial.SecondsOf(result);
        return string.Create(CultureInfo.InvariantCulture,
            $"{trial.GapAnswer},{trial.Loss},{trial.Path.MegabitsPerSecond},{trial.Path.RoundTrip},{trial.Path.QueueKiB},{trial.WindowSize},{result.Transfers.Count},{trial.Floor:F0},{goodput:F0},{goodput / trial.Floor:F3},{trial.SentOf(result):F3},{result.Violation?.Replace(',', ';')}");
    }
}
