using BenchmarkDotNet.Attributes;
using FlyTftp.Reactive.Benchmarks.Support;

namespace FlyTftp.Reactive.Benchmarks;

/// <summary>What the whole query costs for a boot: request, OACK, a loader of 66 KB in 48 blocks, record.</summary>
public class BootBenchmarks
{
    private BootClient _client = null!;

    [GlobalSetup]
    public void Setup() => _client = new BootClient(new HollowStore(67_584), new("tsize", "0"), new("blksize", "1432"));

    [GlobalCleanup]
    public void Cleanup() => _client.Dispose();

    [Benchmark]
    public void Boot()
    {
        _client.Request();
        for (var ended = _client.Ended; _client.Ended == ended;) _client.Acknowledge();
    }
}
