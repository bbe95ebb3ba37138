"""How each server is started, and one running server: its process, processor time and memory."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time

from accounting import Account

SERVER_CORE = 1
LIMIT, OURS = "limit", "flytftp"
# What tells the costs of the machine: bench/machine.c.
MACHINE = "machine"

# {root}: the folder that is served; {file}: the file the scenario asks for; {tools}: what was built or unpacked; {port}: where to listen.
# Each with what its own manual says for load (threads, transfers at a time) and without a log of transfers where it has a choice.
LAUNCH = {
    "tftpd-hpa": "{tools}/tftpd-hpa/usr/sbin/in.tftpd --foreground --secure --address 127.0.0.1:{port} --user nobody {root}",
    "atftpd": "{tools}/atftpd/usr/sbin/atftpd --daemon --no-fork --port {port} --bind-address 127.0.0.1 --user nobody.nogroup"
              " --maxthread 20000 --tftpd-timeout 0 --logfile /dev/null {root}",
    "dnsmasq": "dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --log-facility=/dev/null --quiet-tftp --port=0"
               " --listen-address=127.0.0.1 --bind-interfaces --user=nobody --enable-tftp --tftp-root={root} --tftp-max=20000",
    LIMIT: "{tools}/limit {port} {file} spin",
    OURS: "{tools}/publish/flytftp serve --root {root} --listen 127.0.0.1:{port} --loops 1",
}
PORTS = {name: 16969 + number for number, name in enumerate(LAUNCH)}
PORTS["dnsmasq"] = 69  # It knows no other.

# Of the others, the one that grants a windowsize.
WINDOWED = "atftpd"
OTHERS = [name for name in LAUNCH if name not in (LIMIT, OURS)]
LEFT_OUT = "rs-tftpd and flyGoTFTP are not in Debian, so they are not measured here."


def enter_own_network():
    """Port 69 and the others are free in a network namespace of our own, and nothing of this reaches the machine's."""
    clone_newnet = 0x40000000
    if ctypes.CDLL(None, use_errno=True).unshare(clone_newnet) != 0:
        raise SystemExit("compare: no network namespace of its own to be had: run as root, in a container with CAP_SYS_ADMIN")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # tftpd-hpa resolves its address only where there is one besides 127.0.0.1.
    subprocess.run(["ip", "address", "add", "192.0.2.1/32", "dev", "lo"], check=True)


class Server(contextlib.AbstractContextManager):
    """Runs from entering to leaving the block, on a core of its own, and has served a byte before the block begins."""

    def __init__(self, name, file, tools, core=SERVER_CORE):
        self.name, self.port = name, PORTS[name]
        self._command = LAUNCH[name].format(root=file.parent, file=file, tools=tools, port=self.port).split()
        self._core = core
        self._account = Account(name)

    def __enter__(self):
        clock, clock_of_child = os.pipe()
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True, preexec_fn=lambda: self._prepare(clock_of_child))
            os.close(clock_of_child)
            started = int(os.read(clock, 32))
            os.close(clock)
            self._account.watch(self._process.pid)
            self.first_byte_ms = (self._await_first_byte() - started) / 1e6
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._account.kill_all()
        self._process.wait()
        self._account.close()

    def demand_alive(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.name} ended by itself with {self._process.returncode}: {' '.join(self._command)}")

    def cpu_seconds(self):
        return self._account.cpu_seconds()

    def memory_peak(self):
        return self._account.memory_peak()

    def memory_now(self):
        return self._account.memory_now()

    def resident(self):
        return self._account.resident()

    def _prepare(self, clock):
        self._account.enter()
        os.sched_setaffinity(0, {self._core})
        die_with_parent = 1
        ctypes.CDLL(None).prctl(die_with_parent, signal.SIGKILL)
        os.write(clock, str(time.monotonic_ns()).encode())

    def _await_first_byte(self):
        """Asks for a small file until the first block is there; returns when it came, in ns."""
        request, error = b"\0\1probe.efi\0octet\0", b"\0\5\0\0closed\0"
        end = time.monotonic() + 10
        while time.monotonic() < end:
            self.demand_alive()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.settimeout(0.25)
                # A request that nobody listens for comes back as an error on the next call: then it is sent again.
                with contextlib.suppress(ConnectionRefusedError, TimeoutError):
                    if self._is_bound():
                        client.sendto(request, ("127.0.0.1", self.port))
                        reply, peer = client.recvfrom(65536)
                        if reply[:2] == b"\0\3":
                            now = time.monotonic_ns()
                            client.sendto(error, peer)
                            return now
        raise RuntimeError(f"{self.name} served nothing within 10 s: {' '.join(self._command)}")

    def _is_bound(self):
        """Somebody has the port; asked of the kernel, so that no request is lost and waited for."""
        wanted = f":{self.port:04X} "
        with open("/proc/net/udp", encoding="ascii") as table:
            return any(wanted in line for line in table)
