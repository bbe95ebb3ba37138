"""What a run needs: packages, the three C programs, the other servers, our program as Native AOT. Nothing is started by it."""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from servers import LIMIT, MACHINE, OURS

HERE = Path(__file__).resolve().parent.parent
REPOSITORY = HERE.parent

# Program → Debian package that has it.
TOOLS = {"gcc": "gcc", "ip": "iproute2"}
# These two exclude each other as packages, and would be started by their installation and at every boot after it. So they are unpacked
# beside our tools instead, each into a folder of its own, and only their libraries are installed.
UNPACKED = {"tftpd-hpa": ["libwrap0"], "atftpd": ["libwrap0", "libpcre2-8-0"]}


def build(tools, servers):
    """Brings everything that `servers` need into the folder `tools`; what is there already stays."""
    tools.mkdir(parents=True, exist_ok=True)
    _install(tools, servers)
    for program in ("tftpload", LIMIT, MACHINE):
        _run("gcc", "-O2", "-o", tools / program, HERE / f"{program}.c")
    if OURS in servers:
        _run("dotnet", "publish", REPOSITORY / "FlyTftp.Reactive", "--configuration", "Release",
             # By name, as README has it: Native.targets goes by it.
             "--runtime", {"x86_64": "linux-x64", "aarch64": "linux-arm64"}[platform.machine()],
             "--output", tools / "publish", "--nologo", "--verbosity", "quiet", cwd=REPOSITORY)


def versions(tools, servers):
    """Server → version, as it says itself."""
    asked = {"tftpd-hpa": [f"{tools}/tftpd-hpa/usr/sbin/in.tftpd", "--version"], "atftpd": [f"{tools}/atftpd/usr/sbin/atftpd", "--version"],
             "dnsmasq": ["dnsmasq", "--version"], OURS: [f"{tools}/publish/flytftp", "--version"]}
    return {name: _first_number(command) for name, command in asked.items() if name in servers}


def _install(tools, servers):
    packages = [package for program, package in TOOLS.items() if not shutil.which(program)]
    if not Path("/usr/include/stdio.h").exists():
        packages.append("libc6-dev")
    if "dnsmasq" in servers and not shutil.which("dnsmasq"):
        packages.append("dnsmasq-base")  # The program without its service.
    missing = [name for name in UNPACKED if name in servers and not (tools / name).exists()]
    packages += [library for name in missing for library in UNPACKED[name]]
    if not packages and not missing:
        return
    if not shutil.which("apt-get"):
        raise SystemExit(f"compare: no apt-get here; needed are {' '.join(packages + missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run("apt-get", "update", "-qq", env=environment)
    if packages:
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *sorted(set(packages)), env=environment)
    for name in missing:
        _run("apt-get", "download", "-qq", name, cwd=tools, env=environment)
        archive = next(tools.glob(f"{name}_*.deb"))
        _run("dpkg-deb", "--extract", archive, tools / name)
        archive.unlink()


def _first_number(command):
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    number = re.search(r"\d+\.\d+(\.\d+)?", said.stdout + said.stderr)
    return number.group() if number else "?"


def _run(*command, **options):
    try:
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    except FileNotFoundError:
        raise SystemExit(f"compare: {command[0]} is not installed") from None
    if done.returncode != 0:
        raise SystemExit(f"{done.stdout}\ncompare: {' '.join(map(str, command))} failed with {done.returncode}")
