// Everything that the house forbids, once: the checks are run over this, so that it is seen that they find it.
#pragma warning disable IDE0130, CA1823, IDE0051, IDE0052, CS0169, CS0649, CA1822, SYSLIB1054

namespace FlyTftp.Reactive.Tests.Architecture.Samples.Protocol
{
    internal sealed class NamesAHigherFloor
    {
        public Content.NamesRx? Field;
    }

    internal static class ReadsAFile
    {
        public static byte[] Read() => File.ReadAllBytes("name");
    }
}

namespace FlyTftp.Reactive.Tests.Architecture.Samples.Content
{
    internal sealed class NamesRx
    {
        public IObservable<int> Numbers() => System.Reactive.Linq.Observable.Return(1);
    }
}

namespace FlyTftp.Reactive.Tests.Architecture.Samples.Sessions
{
    internal static class OpensASocket
    {
        // Hidden in a closure, as the compiler nests it.
        public static Func<IDisposable> Open() => () => new System.Net.Sockets.UdpClient();
    }

    internal static class AsksTheClock
    {
        public static DateTimeOffset Now() => DateTimeOffset.UtcNow;

        public static IEnumerable<Task> Later()
        {
            yield return Task.Delay(1);
        }
    }

    internal static class RollsDice
    {
        public static int Roll() => new Random().Next();

        public static int Seeded(int seed) => new Random(seed).Next();
    }

    internal static class StartsAThread
    {
        public static Task Start() => Task.Run(() => { });
    }

    internal static class TimesByDefault
    {
        public static IObservable<long> Ticks() => System.Reactive.Linq.Observable.Timer(TimeSpan.FromSeconds(1));
    }

    internal static class LeavesTheThread
    {
        public static IObservable<int> Result(Task<int> task) => System.Reactive.Threading.Tasks.TaskObservableExtensions.ToObservable(task);
    }

    internal static class Logs
    {
        public static object Logger() => NLog.LogManager.GetLogger("name");
    }
}

namespace FlyTftp.Reactive.Tests.Architecture.Samples.Server
{
    internal static class NamesItsNeighbour
    {
        public static Type Type() => typeof(Replay.HasAPointer);
    }
}

namespace FlyTftp.Reactive.Tests.Architecture.Samples.Replay
{
    internal static class HasAPointer
    {
        public static unsafe int Read(ReadOnlySpan<int> numbers)
        {
            // Used once, a release build would have no local of it.
            fixed (int* number = numbers) return number[0] + number[1];
        }
    }

    internal static class CallsTheSystem
    {
        [System.Runtime.InteropServices.DllImport("libc")]
        public static extern int getpid();
    }
}
