using System.Diagnostics;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.RealClients;

/// <summary>Other people's clients download from the real program, and every byte is compared.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class RealClientTests
{
    private const string Small = "boot/small.efi", Exact = "boot/exact.efi", Empty = "boot/empty.efi", Text = "boot/menu.txt", Rollover = "boot/rollover.img";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("flytftp-clients-").FullName;
    private ServerProcess _server = null!;

    private string Root => Path.Combine(_folder, "root");

    [OneTimeSetUp]
    public void Start()
    {
        Directory.CreateDirectory(Path.Combine(Root, "boot"));
        foreach (var (name, length) in new[] { (Small, 70_000), (Exact, 16 * 1428), (Empty, 0), (Rollover, 34_000_000) })
            File.WriteAllBytes(Path.Combine(Root, name), TestStore.Pattern(length));
        File.WriteAllText(Path.Combine(Root, Text), "one\ntwo\r\nthree\rfour\n");
        _server = new ServerProcess(Root, ["127.0.0.1:0", "[::1]:0"]);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _server.Signal("TERM");
        var exitCode = _server.WaitForExit();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
        Assert.That(exitCode, Is.Zero, _server.Log);
        Assert.That(_server.Log, Does.Not.Contain("faulted"));
    }

    [Test]
    public void Curl_downloads(
        [Values(Small, Exact, Rollover)] string file,
        [Values("", "--tftp-no-options", "--tftp-blksize 1428", "--tftp-blksize 65464")] string options,
        [Values] bool isIPv6) => Curl(file, options, isIPv6);

    [Test]
    // Always without options: curl takes the true answer "tsize=0" for a faulty OACK (lib/tftp.c).
    public void Curl_downloads_an_empty_file([Values] bool isIPv6) => Curl(Empty, "--tftp-no-options", isIPv6);

    [Test]
    public void Tftp_of_tftp_hpa_downloads([Values(Small, Exact, Empty)] string file, [Values] bool isIPv6)
    {
        var tftp = ClientTool.Require("tftp", "apt-get install tftp-hpa");
        var (host, port) = Address(isIPv6);
        Compare(file, target => Run(tftp, [isIPv6 ? "-6" : "-4", "-m", "binary", host, port, "-c", "get", file, target]));
    }

    [Test]
    public void Tftp_of_tftp_hpa_reads_a_text()
    {
        var tftp = ClientTool.Require("tftp", "apt-get install tftp-hpa");
        var (host, port) = Address(isIPv6: false);
        // netascii, there and back: what arrives is what was there.
        Compare(Text, target => Run(tftp, ["-m", "netascii", host, port, "-c", "get", Text, target]));
    }

    [Test]
    public void Atftp_downloads(
        [Values(Small, Exact, Empty, Rollover)] string file,
        [Values("", "--option|blksize 1428", "--option|blksize 1428|--option|windowsize 16", "--option|tsize 0")] string options,
        [Values] bool isIPv6)
    {
        var atftp = ClientTool.Require("atftp", "apt-get install atftp");
        var (host, port) = Address(isIPv6);
        Compare(file, target => Run(atftp, [.. options.Split('|', StringSplitOptions.RemoveEmptyEntries), "-g", "-r", file, "-l", target, host, port]));
    }

    [Test]
    public void BusyBox_downloads([Values(Small, Exact, Empty, Rollover)] string file, [Values("", "-b 1428", "-b 65464")] string options, [Values] bool isIPv6)
    {
        var busybox = ClientTool.Require("busybox", "apt-get install busybox");
        var (host, port) = Address(isIPv6);
        Compare(file, target => Run(busybox, ["tftp", .. Split(options), "-g", "-r", file, "-l", target, host, port]));
    }

    [Test]
    public void Our_own_client_downloads([Values(Small, Exact, Empty, Rollover)] string file, [Values(1, 16, 64)] int windowSize)
    {
        Compare(file, target =>
        {
            var get = ServerProcess.StartInfo(["get", $"tftp://127.0.0.1:{_server.Ports[0]}/{file}", "-o", target, "--windowsize", $"{windowSize}"]);
            Run(get.FileName, get.ArgumentList);
        });
    }

    [Test]
    public void A_hundred_clients_download_at_a_time()
    {
        var curl = ClientTool.Require("curl", "apt-get install curl");
        Parallel.For(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 100 }, number =>
            Compare(Small, target => Run(curl, ["-sS", "-o", target, $"tftp://127.0.0.1:{_server.Ports[0]}/{Small}"])));
    }

    [Test]
    public void A_file_that_is_not_there_fails_at_once()
    {
        var curl = ClientTool.Require("curl", "apt-get install curl");
        var (exitCode, output) = Execute(curl, ["-sSv", $"tftp://127.0.0.1:{_server.Ports[0]}/boot/missing.efi"]);
        // 68: CURLE_TFTP_NOTFOUND
        Assert.That(exitCode, Is.EqualTo(68), output);
    }

    private void Curl(string file, string options, bool isIPv6)
    {
        var curl = ClientTool.Require("curl", "apt-get install curl");
        var url = isIPv6 ? $"tftp://[::1]:{_server.Ports[1]}/{file}" : $"tftp://127.0.0.1:{_server.Ports[0]}/{file}";
        Compare(file, target => Run(curl, ["-sS", .. Split(options), "-o", target, url]));
    }

    private (string Host, string Port) Address(bool isIPv6) => isIPv6 ? ("::1", $"{_server.Ports[1]}") : ("127.0.0.1", $"{_server.Ports[0]}");

    private static string[] Split(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private void Compare(string file, Action<string> download)
    {
        var target = Path.Combine(_folder, Path.GetRandomFileName());
        download(target);
        Assert.That(File.ReadAllBytes(target).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(Root, file))), file);
        File.Delete(target);
    }

    private static void Run(string program, IEnumerable<string> arguments)
    {
        var (exitCode, output) = Execute(program, arguments);
        Assert.That(exitCode, Is.Zero, output);
    }

    private static (int ExitCode, string Output) Execute(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Patience)) process.Kill();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
