using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FlyTftp.Reactive.Replay.Captures;
using FlyTftp.Reactive.Server.Linux;
using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;
using static FlyTftp.Reactive.Tests.Support.UdpClients;

namespace FlyTftp.Reactive.Tests.Server.Linux.Sockets;

/// <summary>A network namespace for one test. Where that is not allowed, the test is ignored.</summary>
internal static class OwnNetwork
{
    private const int NewNetwork = 0x4000_0000;

    /// <summary>On a thread of its own, with loopback up.</summary>
    public static void Run(Action action)
    {
        var ip = ClientTool.Require("ip", "apt-get install iproute2");
        var done = Task.Factory.StartNew(() =>
        {
            if (new SystemCall("unshare", 272, 97).Invoke(NewNetwork) < 0) Assert.Ignore("needs the right to a network namespace of its own");
            Call(ip, "link set lo up");
            action();
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.That(() => ((IAsyncResult)done).AsyncWaitHandle.WaitOne(2 * Patience), "the loop would be stuck");
        done.GetAwaiter().GetResult();
    }

    /// <summary>An ICMP message, forged as anybody can, about a datagram that was never sent.</summary>
    public static void SendError(byte[] message, Endpoint from, Endpoint to)
    {
        byte[] udp = [(byte)(from.Port >> 8), (byte)from.Port, (byte)(to.Port >> 8), (byte)to.Port, 0, 12, 0, 0, 0, 3, 0, 1];
        var (source, destination) = (from.Address.GetAddressBytes(), to.Address.GetAddressBytes());
        byte[] header = from.IsIPv4
            ? [0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, .. source, .. destination]
            : [0x60, 0, 0, 0, 0, 12, 17, 64, .. source, .. destination];
        byte[] packet = [.. message, .. header, .. udp];
        if (from.IsIPv4) BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), InternetChecksum.Finish(InternetChecksum.Add(0, packet)));
        using var raw = new Socket(from.Address.AddressFamily, SocketType.Raw, from.IsIPv4 ? ProtocolType.Icmp : ProtocolType.IcmpV6);
        raw.SendTo(packet, new IPEndPoint(from.Address, 0));
    }

    public static void Call(string program, string arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{program} {arguments}");
    }
}
