using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions.Operators;

internal sealed class LimitAmplificationTests
{
    [TestCase(512, 1)]
    [TestCase(1468, 4)]
    [TestCase(1456, 16)]
    [TestCase(1432, 64)]
    public void Five_hundred_machines_behind_one_address_boot_at_once(int blockSize, int windowSize)
    {
        var network = new ModelNetwork(new TestStore().Add("boot", 60_000));
        var clients = Enumerable.Range(2000, 500).Select(port => new ModelClient
        {
            File = "boot",
            Flow = ModelClient.FlowOf(port),
            BlockSize = blockSize,
            WindowSize = windowSize,
        }).ToList();
        clients.ForEach(network.Add);
        network.Run();
        TestContext.Out.WriteLine($"{clients.Count(c => c.IsComplete)} complete, slowest {clients.Max(c => c.Duration)}, withheld {network.Notes.OfType<Withheld>().Count()}, sessions {network.Ended.Count()}");
    }
}
