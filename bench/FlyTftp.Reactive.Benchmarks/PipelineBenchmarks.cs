using BenchmarkDotNet.Attributes;
using FlyTftp.Reactive.Benchmarks.Support;

namespace FlyTftp.Reactive.Benchmarks;

/// <summary>
/// What the whole query costs for each block of a transfer that runs, bytes and system calls aside: an ACK comes in, the window behind it
/// goes out. The aim is no allocation at all in this.
/// </summary>
public class PipelineBenchmarks
{
    private const int Blocks = 1024;

    private BootClient _client = null!;

    [Params(1, 16)]
    public int WindowSize { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // A file that no run comes to the end of.
        _client = new BootClient(
            new HollowStore(long.MaxValue / 2), new("blksize", "1428"), new("windowsize", $"{WindowSize}"));
        _client.Request();
    }

    [GlobalCleanup]
    public void Cleanup() => _client.Dispose();

    [Benchmark(OperationsPerInvoke = Blocks)]
    public void Block()
    {
        for (var block = 0; block < Blocks; block += WindowSize) _client.Acknowledge();
    }
}
