using FlyTftp.Reactive.Sessions;
using FlyTftp.Reactive.Tests.Support;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Sessions;

/// <summary>What firmware and boot loaders do on the wire, each after its own fashion.</summary>
internal sealed class PipelineBootClientTests
{
    [Test]
    public void Uefi_asks_for_the_size_and_then_for_the_file_from_the_same_port() => Assert.That(Run("""
        0.0 RRQ boot.efi octet tsize=0 blksize=1468
        0.1 ERROR 8 User aborted
        0.2 RRQ boot.efi octet blksize=1468 windowsize=4
        0.3 ACK 0
        0.4 ACK 4
        0.5 ACK 7
        """), Is.EqualTo("""
        0.000 < RRQ boot.efi octet tsize=0 blksize=1468
        0.000 > OACK tsize=10000 blksize=1468
        0.100 < ERROR 8 User aborted
        0.100 * probe: 0 bytes, 0 blocks, 0 again (ERROR 8 "User aborted")
        0.200 < RRQ boot.efi octet blksize=1468 windowsize=4
        0.200 > OACK blksize=1468 windowsize=4
        0.300 < ACK 0
        0.300 > DATA 1..4
        0.400 < ACK 4
        0.400 > DATA 5..7
        0.500 < ACK 7
        0.500 * complete: 10000 bytes, 7 blocks, 0 again
        """));

    [Test]
    public void Grub_may_stall_for_half_a_minute_and_go_on() => Assert.That(Run("""
        0.00 RRQ pair octet
        0.01 ACK 1
        25.0 ACK 2
        25.1 ACK 3
        25.2 ACK 4
        """), Is.EqualTo("""
        0.000 < RRQ pair octet
        0.000 > DATA 1 (512 bytes)
        0.010 < ACK 1
        0.010 > DATA 2 (512 bytes)
        0.210 > DATA 2 (512 bytes) again
        0.610 > DATA 2 (512 bytes) again
        1.410 > DATA 2 (512 bytes) again
        3.010 > DATA 2 (512 bytes) again
        6.210 > DATA 2 (512 bytes) again
        12.610 > DATA 2 (512 bytes) again
        20.610 > DATA 2 (512 bytes) again
        25.000 < ACK 2
        25.000 > DATA 3 (512 bytes)
        25.100 < ACK 3
        25.100 > DATA 4 (464 bytes)
        25.200 < ACK 4
        25.200 * complete: 2000 bytes, 4 blocks, 7 again
        """));

    [Test]
    public void Grub_closes_a_file_that_it_has_read_enough_of() => Assert.That(Run("""
        0.0 RRQ boot.efi octet blksize=1024 tsize=0
        0.1 ACK 0
        0.2 ACK 1
        0.3 ERROR 0 closed
        """), Is.EqualTo("""
        0.000 < RRQ boot.efi octet blksize=1024 tsize=0
        0.000 > OACK blksize=1024 tsize=10000
        0.100 < ACK 0
        0.100 > DATA 1 (1024 bytes)
        0.200 < ACK 1
        0.200 > DATA 2 (1024 bytes)
        0.300 < ERROR 0 closed
        0.450 * closed: 1024 bytes, 1 blocks, 0 again (ERROR 0 "closed")
        """));

    [Test]
    public void U_boot_asks_for_five_seconds_a_loss_and_does_not_get_them() => Assert.That(Run("""
        0.0 RRQ pair octet timeout=5 tsize=1
        0.1 ACK 0
        .50 ACK 1
        .60 ACK 2
        .95 ACK 3
        1.05 ACK 4
        """), Is.EqualTo("""
        0.000 < RRQ pair octet timeout=5 tsize=1
        0.000 > OACK tsize=2000
        0.100 < ACK 0
        0.100 > DATA 1 (512 bytes)
        0.400 > DATA 1 (512 bytes) again
        0.500 < ACK 1
        0.500 > DATA 2 (512 bytes)
        0.600 < ACK 2
        0.600 > DATA 3 (512 bytes)
        0.850 > DATA 3 (512 bytes) again
        0.950 < ACK 3
        0.950 > DATA 4 (464 bytes)
        1.050 < ACK 4
        1.050 * complete: 2000 bytes, 4 blocks, 2 again
        """));

    [Test]
    public void Where_nothing_but_a_long_timeout_is_asked_data_1_is_the_answer() => Assert.That(Run("0 RRQ pair octet timeout=5"), Is.EqualTo("""
        0.000 < RRQ pair octet timeout=5
        0.000 > DATA 1 (512 bytes)
        31.000 * gave-up: 0 bytes, 0 blocks, 0 again
        """));

    [Test]
    public void Pxelinux_repeats_its_request_sooner_than_the_answer_may_come_again() => Assert.That(Run("""
        0.00 RRQ two octet tsize=0 blksize=1408
        0.06 RRQ two octet tsize=0 blksize=1408
        0.12 RRQ two octet tsize=0 blksize=1408
        0.18 RRQ two octet tsize=0 blksize=1408
        0.20 ACK 0
        0.21 ACK 1
        """), Is.EqualTo("""
        0.000 < RRQ two octet tsize=0 blksize=1408
        0.000 > OACK tsize=600 blksize=1408
        0.060 < RRQ two octet tsize=0 blksize=1408
        0.120 < RRQ two octet tsize=0 blksize=1408
        0.180 < RRQ two octet tsize=0 blksize=1408
        0.200 < ACK 0
        0.200 > DATA 1 (600 bytes)
        0.210 < ACK 1
        0.210 * complete: 600 bytes, 1 blocks, 0 again
        """));

    [Test]
    public void Pxelinux_gets_its_chain_of_misses_at_once() => Assert.That(Run("""
        0.00 2001: RRQ pxelinux.cfg/01-aa-bb octet tsize=0 blksize=1408
        0.01 2002: RRQ pxelinux.cfg/C0A80001 octet tsize=0 blksize=1408
        0.02 2002: RRQ pxelinux.cfg/C0A8000 octet tsize=0 blksize=1408
        0.02 2002: RRQ pxelinux.cfg/C0A800 octet tsize=0 blksize=1408
        0.02 2002: RRQ pxelinux.cfg/C0A800 octet tsize=0 blksize=1408
        0.03 2003: RRQ pxelinux.cfg/default octet tsize=0 blksize=1408
        0.04 2003: ERROR 0 TFTP Aborted
        """), Is.EqualTo("""
        0.000 2001: < RRQ pxelinux.cfg/01-aa-bb octet tsize=0 blksize=1408
        0.000 2001: > ERROR 1 "file not found"
        0.000 2001: * refused: 0 bytes, 0 blocks, 0 again (file not found)
        0.010 2002: < RRQ pxelinux.cfg/C0A80001 octet tsize=0 blksize=1408
        0.010 2002: > ERROR 1 "file not found"
        0.010 2002: * refused: 0 bytes, 0 blocks, 0 again (file not found)
        0.020 2002: < RRQ pxelinux.cfg/C0A8000 octet tsize=0 blksize=1408
        0.020 2002: > ERROR 1 "file not found"
        0.020 2002: * refused: 0 bytes, 0 blocks, 0 again (file not found)
        0.020 2002: < RRQ pxelinux.cfg/C0A800 octet tsize=0 blksize=1408
        0.020 2002: > ERROR 1 "file not found"
        0.020 2002: * refused: 0 bytes, 0 blocks, 0 again (file not found)
        0.020 2002: < RRQ pxelinux.cfg/C0A800 octet tsize=0 blksize=1408
        0.020 2002: > ERROR 1 "file not found"
        0.020 2002: * refused: 0 bytes, 0 blocks, 0 again (file not found)
        0.030 2003: < RRQ pxelinux.cfg/default octet tsize=0 blksize=1408
        0.030 2003: > OACK tsize=100 blksize=1408
        0.040 2003: < ERROR 0 TFTP Aborted
        0.040 2003: * probe: 0 bytes, 0 blocks, 0 again (ERROR 0 "TFTP Aborted")
        """));

    [Test]
    public void Lpxelinux_asks_for_all_files_from_one_port() => Assert.That(Run("""
        0.0 RRQ two octet
        0.1 ACK 1
        0.2 ACK 2
        0.2 RRQ pair octet blksize=1408
        0.3 ACK 0
        0.4 ACK 1
        0.5 RRQ two octet
        0.7 ACK 1
        0.8 ACK 2
        0.9 ACK 2
        """), Is.EqualTo("""
        0.000 < RRQ two octet
        0.000 > DATA 1 (512 bytes)
        0.100 < ACK 1
        0.100 > DATA 2 (88 bytes)
        0.200 < ACK 2
        0.200 * complete: 600 bytes, 2 blocks, 0 again
        0.200 < RRQ pair octet blksize=1408
        0.200 > OACK blksize=1408
        0.300 < ACK 0
        0.300 > DATA 1 (1408 bytes)
        0.400 < ACK 1
        0.400 > DATA 2 (592 bytes)
        0.500 < RRQ two octet
        0.620 * unconfirmed: 1408 bytes, 1 blocks, 0 again (superseded)
        0.620 > DATA 1 (512 bytes)
        0.700 < ACK 1
        0.700 > DATA 2 (88 bytes)
        0.800 < ACK 2
        0.800 * complete: 600 bytes, 2 blocks, 0 again
        0.900 < ACK 2
        0.900 * ignored: Stray
        """));

    [Test]
    public void A_rom_that_starts_over_gets_its_file_from_the_first_block() => Assert.That(Run("""
        0.0 RRQ pair octet
        0.1 ACK 1
        0.2 ACK 2
        0.3 RRQ pair octet
        0.5 ACK 1
        0.6 ERROR 0 enough
        """), Is.EqualTo("""
        0.000 < RRQ pair octet
        0.000 > DATA 1 (512 bytes)
        0.100 < ACK 1
        0.100 > DATA 2 (512 bytes)
        0.200 < ACK 2
        0.200 > DATA 3 (512 bytes)
        0.300 < RRQ pair octet
        0.420 * closed: 1024 bytes, 2 blocks, 0 again (superseded)
        0.420 > DATA 1 (512 bytes)
        0.500 < ACK 1
        0.500 > DATA 2 (512 bytes)
        0.600 < ERROR 0 enough
        0.740 * closed: 512 bytes, 1 blocks, 0 again (ERROR 0 "enough")
        """));

    [Test]
    public void A_request_for_something_else_wins_before_anything_is_acknowledged() => Assert.That(Run("""
        0.0 RRQ pair octet
        0.1 RRQ two octet blksize=1024
        0.2 ACK 0
        0.3 ACK 1
        """), Is.EqualTo("""
        0.000 < RRQ pair octet
        0.000 > DATA 1 (512 bytes)
        0.100 < RRQ two octet blksize=1024
        0.100 * closed: 0 bytes, 0 blocks, 0 again (superseded)
        0.100 > OACK blksize=1024
        0.200 < ACK 0
        0.200 > DATA 1 (600 bytes)
        0.300 < ACK 1
        0.300 * complete: 600 bytes, 1 blocks, 0 again
        """));

    [Test]
    public void Raspberry_pi_takes_a_new_port_for_each_file() => Assert.That(Run("""
        0.00 2001: RRQ two octet
        0.01 2001: ACK 1
        0.02 2002: RRQ pair octet tsize=0 blksize=1468
        0.03 2002: ERROR 0 Early terminate
        0.04 2003: RRQ pair octet tsize=0 blksize=1468
        0.05 2003: ACK 0
        0.06 2003: ACK 1
        0.07 2003: ACK 2
        0.08 2001: ACK 2
        """), Is.EqualTo("""
        0.000 2001: < RRQ two octet
        0.000 2001: > DATA 1 (512 bytes)
        0.010 2001: < ACK 1
        0.010 2001: > DATA 2 (88 bytes)
        0.020 2002: < RRQ pair octet tsize=0 blksize=1468
        0.020 2002: > OACK tsize=2000 blksize=1468
        0.030 2002: < ERROR 0 Early terminate
        0.030 2002: * probe: 0 bytes, 0 blocks, 0 again (ERROR 0 "Early terminate")
        0.040 2003: < RRQ pair octet tsize=0 blksize=1468
        0.040 2003: > OACK tsize=2000 blksize=1468
        0.050 2003: < ACK 0
        0.050 2003: > DATA 1 (1468 bytes)
        0.060 2003: < ACK 1
        0.060 2003: > DATA 2 (532 bytes)
        0.070 2003: < ACK 2
        0.070 2003: * complete: 2000 bytes, 2 blocks, 0 again
        0.080 2001: < ACK 2
        0.080 2001: * complete: 600 bytes, 2 blocks, 0 again
        """));

    [Test]
    public void Ipxe_acknowledges_the_first_gap_only() => Assert.That(Run("""
        0.00 RRQ boot.efi octet blksize=1000 windowsize=4 tsize=0
        0.05 ACK 0
        0.10 ACK 2
        0.15 ACK 6
        0.20 ACK 10
        0.25 ACK 11
        """), Is.EqualTo("""
        0.000 < RRQ boot.efi octet blksize=1000 windowsize=4 tsize=0
        0.000 > OACK blksize=1000 windowsize=4 tsize=10000
        0.050 < ACK 0
        0.050 > DATA 1..4
        0.100 < ACK 2
        0.100 > DATA 3..6 again
        0.150 < ACK 6
        0.150 > DATA 7..10
        0.200 < ACK 10
        0.200 > DATA 11 (0 bytes)
        0.250 < ACK 11
        0.250 * complete: 10000 bytes, 11 blocks, 2 again
        """));

    private static string Run(string script) => new VirtualServer(new TestStore()
        .Add("two", 600).Add("pair", 2000).Add("boot.efi", 10_000).Add("pxelinux.cfg/default", 100), new SessionLimits()).Run(script);
}
