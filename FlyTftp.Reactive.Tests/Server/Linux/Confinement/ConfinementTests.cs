using System.Diagnostics;
using System.Net;
using FlyTftp.Reactive.Server.Linux.Confinement;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Server.Linux.Confinement;

/// <summary>
/// Each step alone, in a process of its own that tries what the step forbids, as that process, before and after. The first test takes no
/// step and shows that without them everything works.
/// </summary>
[Platform("Linux")]
public class ConfinementTests
{
    private const string Ok = "ok";

    private static readonly string[] Everything =
    [
        "read-passwd", "read-beneath-root", "list-root", "write-beneath-root", "read-passwd-on-the-pool", "read-passwd-on-the-finalizer",
        "new-socket", "connect", "send-udp", "become-root", "chroot", "fork", "new-code", "start-a-thread",
    ];

    [SetUp]
    public void NeedsRoot()
    {
        if (Environment.UserName != "root") Missing("needs root, to show what root gives up");
    }

    [Test]
    public void Without_any_step_everything_works()
    {
        using var process = new ConfinedProcess(HardeningSteps.None, "in-groups", "with-capability");

        Assert.That(Everything.Select(process.After), Is.All.EqualTo(Ok));
        Assert.That(process.OfEveryThread("NoNewPrivs"), Is.All.EqualTo("0"));
        Assert.That(process.OfEveryThread("Seccomp"), Is.All.EqualTo("0"));
        Assert.That(process.OfEveryThread("CapBnd"), Is.All.Not.EqualTo("0000000000000000"));
        Assert.That(process.OfEveryThread("CapAmb"), Has.Some.EqualTo("0000000000000400"));
        Assert.That(process.OfEveryThread("Groups"), Is.All.EqualTo("4 27"));
        process.Finish();
        Assert.That(process.After("exec"), Is.EqualTo(Ok));
    }

    [Test]
    public void Landlock_leaves_reading_beneath_the_root_and_no_tcp()
    {
        using var process = new ConfinedProcess(HardeningSteps.Landlock);
        if (process.Steps.Single().Contains("skipped", StringComparison.Ordinal)) Missing(process.Steps.Single());

        Assert.That(process.After("read-passwd"), Does.Contain("denied"));
        Assert.That(process.After("read-passwd-on-the-finalizer"), Does.Contain("denied"));
        Assert.That(process.After("write-beneath-root"), Does.Contain("denied"));
        if (Landlock.Version >= 4) Assert.That(process.After("connect"), Does.Contain("denied"));
        Assert.That(process.After("read-beneath-root"), Is.EqualTo(Ok));
        Assert.That(process.After("list-root"), Is.EqualTo(Ok));
        Assert.That(process.After("send-udp"), Is.EqualTo(Ok));
        process.Finish();
        Assert.That(process.After("exec"), Is.EqualTo("Permission denied"));
    }

    [Test]
    public void Chroot_leaves_no_file_but_those_beneath_the_root()
    {
        using var process = new ConfinedProcess(HardeningSteps.Chroot, "as-native");

        Assert.That(process.Steps, Is.EqualTo(new[] { "chroot applied" }));
        Assert.That(process.After("read-passwd"), Does.Contain("Could not find"));
        Assert.That(process.After("read-passwd-on-the-pool"), Does.Contain("Could not find"));
        Assert.That(process.After("read-beneath-root"), Is.EqualTo(Ok));
        Assert.That(process.RootDirectory, Is.EqualTo(process.Root));
    }

    [Test]
    public void The_user_is_nobody_on_every_thread()
    {
        using var process = new ConfinedProcess(HardeningSteps.User, "in-groups");

        Assert.That(process.After("become-root"), Is.EqualTo("Operation not permitted"));
        Assert.That(process.After("write-beneath-root"), Does.Contain("denied"));
        Assert.That(process.OfEveryThread("Uid"), Is.All.EqualTo("65534\t65534\t65534\t65534"));
        Assert.That(process.OfEveryThread("Gid"), Is.All.EqualTo("65534\t65534\t65534\t65534"));
        Assert.That(process.OfEveryThread("Groups"), Is.All.Empty);
        Assert.That(process.OfEveryThread("CapEff"), Is.All.EqualTo("0000000000000000"));
    }

    [Test]
    public void Root_without_capabilities_may_do_nothing_special()
    {
        using var process = new ConfinedProcess(HardeningSteps.Capabilities);

        Assert.That(process.Before("chroot"), Is.EqualTo(Ok));
        Assert.That(process.After("chroot"), Is.EqualTo("Operation not permitted"));
    }

    [Test]
    public void Root_keeps_no_capability_for_a_program_to_come()
    {
        if (ConfinedProcess.Native is null) Missing("FLYTFTP_TESTS_CONFINED names no native build: dotnet publish FlyTftp.Reactive.Tests.Confined");
        using var process = new ConfinedProcess(HardeningSteps.Capabilities, "with-capability", "serve");

        Assert.That(process.OfEveryThread("CapAmb"), Is.All.EqualTo("0000000000000000"));
        Assert.That(process.OfEveryThread("CapBnd"), Is.All.EqualTo("0000000000000000"));
    }

    [Test]
    public void A_thread_that_was_there_before_is_named()
    {
        using var process = new ConfinedProcess(HardeningSteps.All, "with-thread", "serve");

        Assert.That(process.Steps.Last(), Does.StartWith("every-thread skipped (started before, so without landlock: ").And.Contains("early"));
    }

    [Test]
    public void Seccomp_denies_sockets_programs_and_processes()
    {
        using var process = new ConfinedProcess(HardeningSteps.NoNewPrivileges | HardeningSteps.Seccomp);

        string[] denied = ["new-socket", "connect", "fork", "become-root", "chroot", "write-beneath-root"];
        Assert.That(denied.Select(process.Before), Is.All.EqualTo(Ok));
        Assert.That(denied.Select(process.After), Is.All.Not.EqualTo(Ok));
        Assert.That(process.After("fork"), Is.EqualTo("Operation not permitted"));
        Assert.That(process.After("send-udp"), Is.EqualTo(Ok));
        Assert.That(process.After("start-a-thread"), Is.EqualTo(Ok));
        Assert.That(process.OfEveryThread("Seccomp"), Is.All.EqualTo("2"));
        // The filter carries the flag to threads that no step could visit.
        Assert.That(process.OfEveryThread("NoNewPrivs"), Is.All.EqualTo("1"));
        process.Finish();
        Assert.That(process.After("exec"), Is.EqualTo("Operation not permitted"));
    }

    [Test]
    public async Task Serves_on_with_every_step_taken()
    {
        using var process = new ConfinedProcess(HardeningSteps.All, "serve");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{process.Said("serving")}") };

        Assert.That((await client.GetAsync("/healthz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var metrics = await client.GetStringAsync("/metrics");
        Assert.That(metrics, Does.Match("process_resident_memory_bytes [1-9]").And.Match("process_open_fds [1-9]"));
        process.Hangup();

        Assert.That(process.Steps, Has.None.Contain("FAILED"));
        foreach (var field in new[] { "CapInh", "CapPrm", "CapEff", "CapAmb" })
        {
            Assert.That(process.OfEveryThread(field), Is.All.EqualTo("0000000000000000"), field);
        }

        Assert.That(process.OfEveryThread("Uid"), Is.All.EqualTo("65534\t65534\t65534\t65534"));
        Assert.That(process.OfEveryThread("Seccomp"), Is.All.EqualTo("2"));
        Assert.That(process.Finish(), Is.Zero);
        Assert.That(process.Said("stopped"), Is.EqualTo(Ok));
    }

    [Test]
    public void The_native_build_can_do_nothing_more_than_serve()
    {
        if (ConfinedProcess.Native is null) Missing("FLYTFTP_TESTS_CONFINED names no native build: dotnet publish FlyTftp.Reactive.Tests.Confined");
        using var process = new ConfinedProcess(HardeningSteps.All);

        var still = Everything.Where(attempt => process.After(attempt) == Ok);
        Assert.That(still, Is.EqualTo(new[] { "read-beneath-root", "list-root", "send-udp", "start-a-thread" }));
    }

    [Test]
    public void The_native_build_reaches_every_thread()
    {
        if (ConfinedProcess.Native is null) Missing("FLYTFTP_TESTS_CONFINED names no native build: dotnet publish FlyTftp.Reactive.Tests.Confined");
        using var process = new ConfinedProcess(HardeningSteps.All, "serve");

        Assert.That(process.Steps, Has.All.Contain("applied"));
        Assert.That(process.Steps, Does.Contain("every-thread applied"));
        Assert.That(process.OfEveryThread("CapBnd"), Is.All.EqualTo("0000000000000000"));
    }

    [Test]
    public void A_root_that_only_root_may_read_is_one_line()
    {
        if (!ServerProcess.IsNative) Missing("FLYTFTP_PROGRAM names no native build: dotnet publish FlyTftp.Reactive");
        var root = Directory.CreateTempSubdirectory("flytftp-private-").FullName;
        using var process = Process.Start(ServerProcess.StartInfo(["--root", root, "--listen", "127.0.0.1:0"]))!;

        Assert.That(process.StandardError.ReadToEnd(), Is.EqualTo(
            $"flytftp: root \"{root}\" cannot be read by user 65534, as whom it would be served: "
            + "let others read it (chmod o+rx), or name its owner (--user)\n"));
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(1));
        Directory.Delete(root);
    }

    [Test]
    public void Started_unprivileged_it_takes_the_steps_that_need_no_privilege()
    {
        using var process = new ConfinedProcess(HardeningSteps.All, "unprivileged", "serve");

        Assert.That(process.Steps.Select(step => step.Split(" (")[0]), Is.SupersetOf(new[]
        {
            "no-new-privs applied", Landlock.Version > 0 ? "landlock applied" : "landlock skipped",
            ConfinedProcess.Native is not null && Landlock.Version > 0 ? "chroot not needed" : "chroot skipped",
            "user not needed", "capabilities applied", "seccomp applied",
        }));
    }

    private static void Missing(string what)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(what);
        Assert.Ignore(what);
    }
}
