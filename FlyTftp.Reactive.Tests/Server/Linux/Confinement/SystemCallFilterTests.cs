using FlyTftp.Reactive.Server.Linux.Confinement;
using NUnit.Framework;
using Cpu = System.Runtime.InteropServices.Architecture;

namespace FlyTftp.Reactive.Tests.Server.Linux.Confinement;

/// <summary>
/// Runs the filter's program as the kernel would, for both architectures: the numbers below are the kernel's own tables'. That the
/// kernel of this machine does the same is <see cref="ConfinementTests"/>' business.
/// </summary>
[TestFixture(Cpu.X64, 0xC000_003Eu)]
[TestFixture(Cpu.Arm64, 0xC000_00B7u)]
public class SystemCallFilterTests(Cpu architecture, uint audit)
{
    private const uint Allow = 0x7FFF_0000, NotPermitted = 0x0005_0001, NotImplemented = 0x0005_0026;
    private const uint Process = 4711;

    private readonly IReadOnlyList<SystemCallFilter.Instruction> _program = SystemCallFilter.Build(
        SystemCallPolicy.For(Process, loadsCode: false), SystemCallPolicy.AnsweredAsMissing, architecture);

    [TestCase(0u, 63u, TestName = "read")]
    [TestCase(18u, 68u, TestName = "pwrite64")]
    [TestCase(299u, 243u, TestName = "recvmmsg")]
    [TestCase(307u, 269u, TestName = "sendmmsg")]
    [TestCase(202u, 98u, TestName = "futex")]
    [TestCase(437u, 437u, TestName = "openat2")]
    [TestCase(231u, 94u, TestName = "exit_group")]
    public void Allows_what_the_server_does(uint x64, uint arm64) => Assert.That(Run(Number(x64, arm64)), Is.EqualTo(Allow));

    [TestCase(41u, 198u, TestName = "socket")]
    [TestCase(42u, 203u, TestName = "connect")]
    [TestCase(49u, 200u, TestName = "bind")]
    [TestCase(50u, 201u, TestName = "listen")]
    [TestCase(59u, 221u, TestName = "execve")]
    [TestCase(322u, 281u, TestName = "execveat")]
    [TestCase(101u, 117u, TestName = "ptrace")]
    [TestCase(310u, 270u, TestName = "process_vm_readv")]
    [TestCase(311u, 271u, TestName = "process_vm_writev")]
    [TestCase(117u, 147u, TestName = "setresuid")]
    [TestCase(161u, 51u, TestName = "chroot")]
    [TestCase(165u, 40u, TestName = "mount")]
    [TestCase(321u, 280u, TestName = "bpf")]
    [TestCase(425u, 425u, TestName = "io_uring_setup")]
    [TestCase(434u, 434u, TestName = "pidfd_open")]
    [TestCase(272u, 97u, TestName = "unshare")]
    [TestCase(263u, 35u, TestName = "unlinkat")]
    [TestCase(319u, 279u, TestName = "memfd_create")]
    [TestCase(999u, 999u, TestName = "one_that_does_not_exist_yet")]
    public void Denies_the_rest(uint x64, uint arm64) => Assert.That(Run(Number(x64, arm64)), Is.EqualTo(NotPermitted));

    [Test]
    public void Denies_fork_vfork_and_x32_which_only_x64_has()
    {
        const uint Nothing = 999, ReadByX32 = 0x4000_0000;

        uint[] denied = [Number(57, Nothing), Number(58, Nothing), ReadByX32];
        Assert.That(denied.Select(number => Run(number)), Is.All.EqualTo(NotPermitted));
    }

    [TestCase(0x003D_0F00u, Allow, TestName = "A_thread_as_glibc_starts_one")]
    [TestCase(0x007D_0F00u, Allow, TestName = "A_thread_as_musl_starts_one")]
    [TestCase(0x0120_0011u, NotPermitted, TestName = "A_fork_as_glibc_makes_one")]
    [TestCase(0x0000_4111u, NotPermitted, TestName = "A_vfork_as_posix_spawn_makes_one")]
    public void Judges_clone_by_its_flags(uint flags, uint verdict) => Assert.That(Run(Number(56, 220), flags), Is.EqualTo(verdict));

    [Test]
    public void Has_no_clone3() => Assert.That(Run(435), Is.EqualTo(NotImplemented));

    [TestCase(0x8_0000u, Allow, TestName = "Read_only")]
    [TestCase(0x8_0001u, NotPermitted, TestName = "Write_only")]
    [TestCase(0x8_0002u, NotPermitted, TestName = "Read_and_write")]
    [TestCase(0x8_0040u, NotPermitted, TestName = "Read_only_but_create")]
    [TestCase(0x8_0200u, NotPermitted, TestName = "Read_only_but_truncate")]
    public void Judges_openat_by_its_flags(uint flags, uint verdict) => Assert.That(Run(Number(257, 56), 0, 0, flags), Is.EqualTo(verdict));

    [Test]
    public void Memory_may_be_written_or_run_never_made_to_run([Values(9u, 10u)] uint x64)
    {
        var number = Number(x64, x64 == 9 ? 222u : 226u);

        Assert.That(Run(number, 0, 4096, 3), Is.EqualTo(Allow));
        Assert.That(Run(number, 0, 4096, 5), Is.EqualTo(NotPermitted));
        Assert.That(Run(number, 0, 4096, 7), Is.EqualTo(NotPermitted));
    }

    [Test]
    public void Signals_go_to_itself_only()
    {
        Assert.That(Run(Number(234, 131), Process, Process + 1, 34), Is.EqualTo(Allow));
        Assert.That(Run(Number(234, 131), 1, 1, 9), Is.EqualTo(NotPermitted));
        Assert.That(Run(Number(62, 129), Process, 15), Is.EqualTo(Allow));
        Assert.That(Run(Number(62, 129), uint.MaxValue, 9), Is.EqualTo(NotPermitted));
    }

    [Test]
    public void Typing_into_the_terminal_is_denied()
    {
        const uint GetWindowSize = 0x5413, TypeInto = 0x5412;

        Assert.That(Run(Number(16, 29), 0, GetWindowSize), Is.EqualTo(Allow));
        Assert.That(Run(Number(16, 29), 0, TypeInto), Is.EqualTo(NotPermitted));
    }

    [Test]
    public void Another_architectures_calls_are_denied() =>
        // i386's "read" is x64's "close": taken for ours, its numbers would let anything through.
        Assert.That(Evaluate([3, 0, 0, 0, 0, 0, 0], architecture: 0x4000_0003), Is.EqualTo(NotPermitted));

    [Test]
    public void Code_may_be_made_where_a_compiler_runs()
    {
        var program = SystemCallFilter.Build(SystemCallPolicy.For(Process, loadsCode: true), SystemCallPolicy.AnsweredAsMissing, architecture);

        Assert.That(Evaluate([Number(10, 226), 0, 4096, 7, 0, 0, 0], audit, program), Is.EqualTo(Allow));
    }

    [Test]
    public void Fits_into_the_kernels_limit() => Assert.That(_program, Has.Count.LessThan(4096));

    private uint Number(uint x64, uint arm64) => architecture == Cpu.Arm64 ? arm64 : x64;

    private uint Run(uint number, uint first = 0, uint second = 0, uint third = 0) => Evaluate([number, first, second, third, 0, 0, 0], audit);

    // A little machine for the four instructions used; words are the low halves of number and arguments.
    private uint Evaluate(uint[] call, uint architecture, IReadOnlyList<SystemCallFilter.Instruction>? program = null)
    {
        program ??= _program;
        var accumulator = 0u;
        for (var at = 0; ; at++)
        {
            var (code, ifTrue, ifFalse, operand) = program[at];
            switch (code)
            {
                case 0x20:
                    accumulator = operand switch { 0 => call[0], 4 => architecture, _ => call[1 + (operand - 16) / 8] };
                    break;
                case 0x54:
                    accumulator &= operand;
                    break;
                case 0x15:
                    at += accumulator == operand ? ifTrue : ifFalse;
                    break;
                default:
                    Assert.That(code, Is.EqualTo(0x06));
                    return operand;
            }
        }
    }
}
