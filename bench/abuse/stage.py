"""Two network namespaces with one cable between them: a server in one, everybody else, forged or not, in the other."""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

ADDRESS = "10.77.0.1"
SERVER_MAC, WORLD_MAC = "02:00:00:00:00:01", "02:00:00:00:00:02"
WORLD_CORE, SERVER_CORE = 0, min(1, os.cpu_count() - 1)
MEMORY = Path("/sys/fs/cgroup")
OURS = "flytftp"

LAUNCH = {
    "tftpd-hpa": "{tools}/tftpd-hpa/usr/sbin/in.tftpd --foreground --secure --address {address}:69 --user nobody {root}",
    "atftpd": "{tools}/atftpd/usr/sbin/atftpd --daemon --no-fork --port 69 --bind-address {address} --user nobody.nogroup"
              " --maxthread 20000 --logfile /dev/null {root}",
    "dnsmasq": "dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --log-facility=/dev/null --quiet-tftp --port=0"
               " --listen-address={address} --bind-interfaces --user=nobody --enable-tftp --tftp-root={root} --tftp-max=20000",
    OURS: "{program} serve --root {root} --listen {address}:69 --loops 1 --http 127.0.0.1:8080",
}


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, **options).stdout


class Stage(contextlib.AbstractContextManager):
    """The namespaces, from entering to leaving the block."""

    def __init__(self, folder):
        self.server, self.world = f"abuse-server-{os.getpid()}", f"abuse-world-{os.getpid()}"
        self.folder = folder

    def __enter__(self):
        try:
            for space in (self.server, self.world):
                run("ip", "netns", "add", space)
            run("ip", "link", "add", "cable", "netns", self.server, "address", SERVER_MAC, "type", "veth",
                "peer", "name", "cable", "netns", self.world, "address", WORLD_MAC)
            # The cable carries no segments that somebody would have to cut.
            run("ip", "-n", self.server, "link", "set", "cable", "gso_max_segs", "1", "txqueuelen", "10000")
            for space in (self.server, self.world):
                self.inside(space, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
                for link in ("lo", "cable"):
                    run("ip", "-n", space, "link", "set", link, "up")
            run("ip", "-n", self.server, "address", "add", f"{ADDRESS}/24", "dev", "cable")
            run("ip", "-n", self.server, "neighbour", "add", "10.77.0.254", "lladdr", WORLD_MAC, "dev", "cable", "nud", "permanent")
            run("ip", "-n", self.server, "route", "add", "default", "via", "10.77.0.254")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for space in (self.server, self.world):
            subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)

    def inside(self, space, *command):
        return run("ip", "netns", "exec", space, *command)

    def attack(self, abuse, name, size, seconds, parts):
        """Runs the C program; its figures."""
        said = run("ip", "netns", "exec", self.world, "taskset", "-c", WORLD_CORE, abuse, "cable", SERVER_MAC, ADDRESS, name, size, seconds, *parts,
                   timeout=seconds + 30)
        return json.loads(said)


class Server(contextlib.AbstractContextManager):
    """One server in its namespace, on a core of its own, with or without a bound on its memory (bytes)."""

    def __init__(self, stage, name, program, tools, root, arguments=(), memory=None):
        self._stage, self.name, self._memory_limit = stage, name, memory
        self._command = LAUNCH[name].format(program=program, tools=tools, address=ADDRESS, root=root).split() + list(arguments)
        self._log = stage.folder / "log"
        self._group = None

    def __enter__(self):
        if self._memory_limit:
            self._make_group()
        self._output = self._log.open("wb")
        # nsenter, since ip netns exec hides the cgroups, by which a program knows its limit. In a process namespace of its own: with its first process
        # ends whatever that has forked, be it thousands.
        self._process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{self._stage.server}", "unshare", "--pid", "--fork", "--kill-child=KILL",
             "taskset", "-c", str(SERVER_CORE), *self._command],
            stdin=subprocess.DEVNULL, stdout=self._output, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=self._enter_group)
        try:
            self._await_socket()
        except BaseException:
            self.__exit__()
            raise
        self._log_before = self._log.stat().st_size
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._output.close()
        if self._group:
            for _ in range(50):
                with contextlib.suppress(OSError):
                    self._group.rmdir()
                    break
                time.sleep(0.02)

    def is_alive(self):
        return self._process.poll() is None

    def log_bytes(self):
        return self._log.stat().st_size - self._log_before

    def peak_memory(self):
        """Bytes, of the process that was started: a server that forks for each transfer has more."""
        with contextlib.suppress(OSError, IndexError):
            child = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii").split()[0]
            for line in Path(f"/proc/{child}/status").read_text(encoding="ascii").splitlines():
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) * 1024
        return None

    def health(self, path="/healthz"):
        """The status, or why there is none."""
        try:
            return self._stage.inside(self._stage.server, "curl", "-s", "-o", "/dev/null", "-m", "5", "-w", "%{http_code}",
                                      f"http://127.0.0.1:8080{path}")
        except subprocess.CalledProcessError as error:
            return f"curl {error.returncode}"

    def _enter_group(self):
        if self._group:
            (self._group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")

    def _make_group(self):
        is_v2 = (MEMORY / "cgroup.controllers").exists()
        parent = MEMORY if is_v2 else MEMORY / "memory"
        self._group = parent / f"abuse-{os.getpid()}"
        try:
            self._group.mkdir()
            if is_v2:
                (parent / "cgroup.subtree_control").write_text("+memory")
            (self._group / ("memory.max" if is_v2 else "memory.limit_in_bytes")).write_text(str(self._memory_limit))
        except OSError as error:
            self._group.is_dir() and self._group.rmdir()
            self._group = None
            raise RuntimeError(f"no memory limit to be had here: {error}") from None

    def _await_socket(self):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if not self.is_alive():
                raise RuntimeError(f"{self.name} ended with {self._process.returncode}: {self._log.read_text(errors='replace')[-500:]}")
            if ":0045 " in self._stage.inside(self._stage.server, "cat", "/proc/net/udp"):
                time.sleep(0.3)
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen: {' '.join(self._command)}")
