"""Processor time and memory of a server with all its children: by cgroup v1 or v2, or by /proc where there is none to be had."""

import contextlib
import itertools
import os
import signal
import time
from pathlib import Path

MOUNT = Path("/sys/fs/cgroup")
_numbers = itertools.count()


def _own_folders():
    """Controller → our own folder below /sys/fs/cgroup; "" is version 2."""
    folders = {}
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "" and not (MOUNT / "cgroup.controllers").exists():
            continue
        base = MOUNT / controllers
        folder = base / path.lstrip("/")
        for controller in controllers.split(","):
            folders[controller] = folder if folder.exists() else base
    return folders


class Account:
    """To be entered by the child itself, before it becomes the server: so that nothing is missed."""

    cpu_source = memory_source = None  # What the figures of this run come from.

    def __init__(self, name):
        self._pid = None
        folders = _own_folders()
        label = f"tftp-compare-{os.getpid()}-{next(_numbers)}-{name}"
        self._cpu = self._make(folders.get("cpuacct", folders.get("")), label)
        self._memory = self._make(folders.get("memory", folders.get("")), label)
        self._is_v2 = "cpuacct" not in folders
        if self._is_v2 and self._memory and not (self._memory / "memory.peak").exists():
            with contextlib.suppress(OSError):  # Refused where processes live beside it.
                (self._memory.parent / "cgroup.subtree_control").write_text("+memory")
        self._peak = self._memory and self._first(self._memory, "memory.peak", "memory.max_usage_in_bytes")
        self._now = self._memory and self._first(self._memory, "memory.current", "memory.usage_in_bytes")
        Account.cpu_source = f"cgroup v{2 if self._is_v2 else 1}" if self._cpu else "/proc/PID/stat with children that have ended"
        Account.memory_source = f"cgroup v{2 if self._is_v2 else 1}" if self._peak else "VmHWM, of the first process only"

    @staticmethod
    def _make(parent, label):
        if parent is None:
            return None
        folder = parent / label
        try:
            folder.mkdir(exist_ok=True)
            return folder if os.access(folder / "cgroup.procs", os.W_OK) else None
        except OSError:
            return None

    @staticmethod
    def _first(folder, *names):
        return next((folder / name for name in names if (folder / name).exists()), None)

    @property
    def _folders(self):
        return {folder for folder in (self._cpu, self._memory) if folder}

    def enter(self):
        for folder in self._folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def watch(self, pid):
        self._pid = pid

    def cpu_seconds(self):
        if self._cpu and not self._is_v2:
            return int((self._cpu / "cpuacct.usage").read_text()) / 1e9
        if self._cpu:
            return int((self._cpu / "cpu.stat").read_text().split()[1]) / 1e6
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def memory_peak(self):
        return int(self._peak.read_text()) if self._peak else self._status("VmHWM")

    def memory_now(self):
        return int(self._now.read_text()) if self._now else self._status("VmRSS")

    def resident(self):
        """Pages of files that are mapped count too, whoever has read them first."""
        return self._status("VmRSS")

    def _status(self, key):
        for line in Path(f"/proc/{self._pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
        return 0

    def kill_all(self):
        """Children in sessions of their own too."""
        for folder in self._folders:
            for pid in (folder / "cgroup.procs").read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)

    def close(self):
        for folder in self._folders:
            for _ in range(100):
                try:
                    folder.rmdir()
                    break
                except OSError:  # A child that was killed has not gone yet.
                    time.sleep(0.02)
